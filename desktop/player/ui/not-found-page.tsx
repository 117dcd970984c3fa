import { useLocation } from 'wouter';
import { Button } from './controls/button.tsx';
import { Notice } from './controls/notice.tsx';

/** For an address that leads nowhere. */
export function NotFoundPage() {
  const [, go] = useLocation();
  return (
    <Notice mark="lost" title="Nothing lives at this address">
      <p>The link may be mistyped. All games are one click away.</p>
      <Button kind="go" onClick={() => go('/')}>
        Back to games
      </Button>
    </Notice>
  );
}
