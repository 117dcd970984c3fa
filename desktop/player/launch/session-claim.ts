import type { SessionId } from '@kilat/shared/ids';

/** A page that is being left gives its claim up within this time, ms: a reload must not lose its session to itself. */
const PREDECESSOR_MS = 700;

/**
 * Claims a session for this tab until the page goes (Web Locks). False when another tab plays it: a duplicated tab
 * carries the same memory, and two pages would take the picture from each other. True where there are no locks.
 */
export function claimSession(sessionId: SessionId): Promise<boolean> {
  if (navigator.locks === undefined) return Promise.resolve(true);
  return new Promise((resolve) => {
    const untilThePageGoes = () => {
      resolve(true);
      return new Promise<void>(() => undefined);
    };
    navigator.locks
      .request(`kilat.${sessionId}`, { signal: AbortSignal.timeout(PREDECESSOR_MS) }, untilThePageGoes)
      .catch(() => resolve(false));
  });
}
