import type { CatalogueTitle } from '@kilat/shared/title/catalogue';
import { useEffect, useRef } from 'react';
import { type Backoff, backoffMs } from '../../launch/backoff.ts';
import type { PlayState } from '../../play/model.ts';

/** Many pages may wait for one seat, and the catalogue may show one that is already taken again. */
const TRIES: Backoff = { firstMs: 400, longestMs: 30_000 };

/** Whether a launch is waiting for a machine or a seat, and there may be one now. */
export function mayTryAgain(state: PlayState, availability: CatalogueTitle['availability'] | undefined): boolean {
  if (state.is !== 'refused' || availability?.state !== 'ready' || availability.freeSlots === 0) return false;
  const { reason } = state.why;
  return reason === 'no-edge' || reason === 'all-full' || reason === 'draining';
}

/** Launches a refused title once more when the catalogue says that it can be played, while the player is looking. */
export function useNextSeat(state: PlayState, card: CatalogueTitle | undefined, launch: () => void): void {
  const tries = useRef(0);
  const may = mayTryAgain(state, card?.availability);
  if (state.is === 'playing') tries.current = 0;

  useEffect(() => {
    if (!may) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const start = () => {
      clearTimeout(timer);
      if (!document.hidden) timer = setTimeout(launch, backoffMs(TRIES, ++tries.current, Math.random()));
    };
    start();
    document.addEventListener('visibilitychange', start);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', start);
    };
  }, [may, launch]);
}
