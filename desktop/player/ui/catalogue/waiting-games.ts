import { useEffect, useState } from 'react';
import { SessionMemory } from '../../launch/session-memory.ts';

/** The titles of which a game waits for this tab, which went away from it a moment ago. */
export function useWaitingGames(titleIds: readonly string[]): ReadonlySet<string> {
  const [now, setNow] = useState(Date.now);
  const memory = new SessionMemory(sessionStorage);
  const until = new Map(titleIds.map((id) => [id, memory.waitsUntilMs(id) ?? 0]));
  const waiting = new Set(titleIds.filter((id) => (until.get(id) ?? 0) > now));
  const nextMs = Math.min(...[...waiting].map((id) => until.get(id) ?? 0));

  useEffect(() => {
    if (!Number.isFinite(nextMs)) return;
    const timer = setTimeout(() => setNow(Date.now()), Math.max(0, nextMs - Date.now()));
    return () => clearTimeout(timer);
  }, [nextMs]);

  return waiting;
}
