import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { KilatStats, PlaySession, SecondOfPlay } from '../play/model.ts';

/** Draws again after each change of the session; its getters then tell what is. */
export function useSession(session: PlaySession): PlaySession {
  const changes = useRef(0);
  const subscribe = useCallback(
    (draw: () => void) =>
      session.subscribe(() => {
        changes.current++;
        draw();
      }),
    [session],
  );
  useSyncExternalStore(subscribe, () => changes.current);
  return session;
}

/** Draws again every `everyMs` while `active`; returns `performance.now()`. */
export function useNow(everyMs: number, active = true): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    if (!active) return;
    setNow(performance.now());
    const timer = setInterval(() => setNow(performance.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, active]);
  return now;
}

export interface LiveFigures {
  stats: KilatStats;
  seconds: readonly SecondOfPlay[];
}

/** The session's figures, read twice a second: slow enough to be read, fast enough to be believed. */
export function useLiveFigures(session: PlaySession): LiveFigures {
  const read = useCallback(
    (): LiveFigures => ({ stats: session.stats(), seconds: session.recentSeconds() }),
    [session],
  );
  const [figures, setFigures] = useState(read);
  useEffect(() => {
    const timer = setInterval(() => setFigures(read()), 500);
    return () => clearInterval(timer);
  }, [read]);
  return figures;
}
