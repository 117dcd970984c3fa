import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { useLocation } from 'wouter';
import { catalogueFeed } from '../catalogue/page-feed.ts';
import { currentSession, launchTitle, leaveCurrentSession, watchCurrentSession } from '../current-session.ts';
import { learnFromLaunch } from './usual-launch.ts';
import { PlayView } from './play-view.tsx';

/** `/play/<title>`: draws around the picture. The launch began before this page was loaded, or on the click that led here. */
export function PlayPage({ titleId }: { titleId: string }) {
  const [, go] = useLocation();
  const playing = useSyncExternalStore(watchCurrentSession, currentSession);
  const feed = catalogueFeed();
  const catalogue = useSyncExternalStore(feed.watch, () => feed.state);
  const card = catalogue.is === 'ready' ? catalogue.titles.find(({ id }) => id === titleId) : undefined;

  // The browser's own back and forward buttons lead here without a click on a card.
  useEffect(() => {
    if (currentSession()?.titleId !== titleId) launchTitle(titleId);
    return leaveCurrentSession;
  }, [titleId]);

  const session = playing?.titleId === titleId ? playing.session : undefined;
  useEffect(() => (session === undefined ? undefined : learnFromLaunch(session, titleId)), [session, titleId]);

  const again = useCallback(() => launchTitle(titleId), [titleId]);

  if (session === undefined) return null;
  return (
    <PlayView
      key={titleId}
      session={session}
      titleId={titleId}
      card={card}
      onAgain={again}
      onBack={() => go('/')}
      onReload={() => location.reload()}
    />
  );
}
