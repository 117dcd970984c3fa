import { SessionSaves } from '@kilat/shared/save/player-saves';
import { useCallback, useEffect, useState } from 'react';

const ASK_EVERY_MS = 1_000;
/** After this time, ms, the last save is not waited for any more: its machine is away. */
const WAIT_MS = 30_000;

/** What became of a session's saves; `waiting`: its last one may still arrive. */
export interface SavesShown {
  saves: SessionSaves;
  waiting: boolean;
}

/** Asks until the session's last save has arrived; undefined while nothing is known, or nothing kept. */
export function useSessionSaves(sessionId: string | undefined): { shown: SavesShown | undefined; askAgain(): void } {
  const [shown, setShown] = useState<SavesShown>();
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (sessionId === undefined) return;
    const page = new AbortController();
    const untilMs = performance.now() + WAIT_MS;
    const ask = async (): Promise<void> => {
      const saves = await read(sessionId, page.signal);
      if (page.signal.aborted) return;
      const waiting = performance.now() < untilMs && saves?.settled !== true;
      if (saves !== undefined) setShown({ saves, waiting });
      const over = saves?.saves === null || !waiting;
      if (!over) setTimeout(() => void ask(), ASK_EVERY_MS);
    };
    void ask();
    return () => page.abort();
  }, [sessionId, round]);
  return { shown, askAgain: useCallback(() => setRound((before) => before + 1), []) };
}

/** Makes an older version the one that the next launch brings back; whether it is now. */
export async function bringBack(titleId: string, versionId: string): Promise<boolean> {
  const answer = await fetch(`/api/saves/${titleId}/${versionId}/bring-back`, { method: 'POST' }).catch(
    () => undefined,
  );
  return answer?.ok === true;
}

export const downloadUrl = (titleId: string, versionId: string): string => `/api/saves/${titleId}/${versionId}`;

async function read(sessionId: string, signal: AbortSignal): Promise<SessionSaves | undefined> {
  try {
    const answer = await fetch(`/api/sessions/${sessionId}/saves`, { signal });
    return answer.ok ? SessionSaves.safeParse(await answer.json()).data : undefined;
  } catch {
    return undefined;
  }
}
