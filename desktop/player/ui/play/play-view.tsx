import type { CatalogueTitle } from '@kilat/shared/title/catalogue';
import { lazy, Suspense, useEffect, useState } from 'react';
import type { PlaySession } from '../../play/model.ts';
import { useSession } from '../use-session.ts';
import { useNextSeat } from './next-seat.ts';
import { Playing } from './playing.tsx';
import styles from './play-view.module.css';
import { Reconnecting } from './reconnecting.tsx';
import { Refused } from './refused.tsx';
import { Starting } from './starting.tsx';

// The plots are needed after the game, not before it.
const Summary = lazy(() => import('../summary/summary.tsx').then((module) => ({ default: module.Summary })));

export interface PlayViewProps {
  session: PlaySession;
  titleId: string;
  /** The title's card in the catalogue, once known. */
  card: CatalogueTitle | undefined;
  onAgain(): void;
  onBack(): void;
  onReload(): void;
}

/** Everything around the picture, by what the session is doing. The picture itself is `video#stream`, below. */
export function PlayView({ session, titleId, card, onAgain, onBack, onReload }: PlayViewProps) {
  const { state } = useSession(session);
  const name = ('title' in state ? state.title?.name : undefined) ?? card?.name ?? titleId;
  useNextSeat(state, card, onAgain);
  const curtain = useLinger(state.is === 'starting', 200);

  useEffect(() => {
    document.title = `${name} · Kilat`;
    return () => {
      document.title = 'Kilat: games in a flash';
    };
  }, [name]);

  return (
    <div className={styles.around}>
      {(state.is === 'starting' || (curtain && state.is === 'playing')) && (
        <Starting
          session={session}
          titleId={titleId}
          name={name}
          coverUrl={card?.coverUrl}
          lifting={state.is !== 'starting'}
          onLeave={onBack}
        />
      )}
      {(state.is === 'playing' || state.is === 'reconnecting') && (
        <Playing session={session} title={state.title} controls={card?.controls ?? []} />
      )}
      {state.is === 'reconnecting' && <Reconnecting heldUntilMs={state.heldUntilMs} onLeave={() => session.leave()} />}
      {state.is === 'refused' && (
        <Refused
          why={state.why}
          name={name}
          coverUrl={card?.coverUrl}
          onAgain={onAgain}
          onBack={onBack}
          onReload={onReload}
        />
      )}
      {state.is === 'ended' && (
        <Suspense fallback={<div className={styles.cover} />}>
          <Summary
            name={name}
            coverUrl={card?.coverUrl}
            reason={state.reason}
            detail={state.detail}
            summary={state.summary}
            sessionId={session.stats().sessionId}
            onAgain={onAgain}
            onBack={onBack}
          />
        </Suspense>
      )}
    </div>
  );
}

/** True while `shown`, and for `forMs` after it, so that something can fade. */
function useLinger(shown: boolean, forMs: number): boolean {
  const [lingers, setLingers] = useState(shown);
  useEffect(() => {
    if (shown) {
      setLingers(true);
      return;
    }
    const timer = setTimeout(() => setLingers(false), forMs);
    return () => clearTimeout(timer);
  }, [shown, forMs]);
  return shown || lingers;
}
