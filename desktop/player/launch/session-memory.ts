import { SessionId } from '@kilat/shared/ids';
import { z } from 'zod';
import { USUAL_HOLD_MS } from './resume-policy.ts';

const Remembered = z.object({
  sessionId: SessionId,
  resumeToken: z.string(),
  /** First number free for a quality record; a record with a used number counts as a repetition. */
  nextWindow: z.number().int().nonnegative(),
  /** How long the edge holds it for this tab, ms, where it is known. */
  holdMs: z.number().nonnegative().optional(),
  /** When the page that played it went away, ms since the epoch; undefined while one plays. */
  leftAtMs: z.number().optional(),
});
export type RememberedSession = z.infer<typeof Remembered>;

/** What this tab must know to come back to a title's session after a reload. */
export class SessionMemory {
  readonly #storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

  constructor(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>) {
    this.#storage = storage;
  }

  recall(titleId: string): RememberedSession | undefined {
    try {
      const parsed = Remembered.safeParse(JSON.parse(this.#storage.getItem(key(titleId)) ?? 'null'));
      return parsed.success ? parsed.data : undefined;
    } catch {
      return undefined;
    }
  }

  /** Until when a game that this tab went away from waits for it, ms since the epoch; undefined: there is none. */
  waitsUntilMs(titleId: string): number | undefined {
    const { leftAtMs, holdMs = USUAL_HOLD_MS } = this.recall(titleId) ?? {};
    return leftAtMs === undefined ? undefined : leftAtMs + holdMs;
  }

  /** Storage may be full or forbidden: then a reload starts anew, which is no reason to fail now. */
  remember(titleId: string, session: RememberedSession): void {
    try {
      this.#storage.setItem(key(titleId), JSON.stringify(session));
    } catch {
      // See above.
    }
  }

  /** Keeps what this page saw of a session, for the next page of this tab; false when the storage does not take it. */
  keepPlay(sessionId: SessionId, text: string): boolean {
    try {
      this.#storage.setItem(playKey(sessionId), text);
      return true;
    } catch {
      return false;
    }
  }

  keptPlay(sessionId: SessionId): string | undefined {
    try {
      return this.#storage.getItem(playKey(sessionId)) ?? undefined;
    } catch {
      return undefined;
    }
  }

  /** Forgets a title's session, unless another one has taken its place. */
  forget(titleId: string, sessionId: SessionId): void {
    try {
      this.#storage.removeItem(playKey(sessionId));
      if (this.recall(titleId)?.sessionId === sessionId) this.#storage.removeItem(key(titleId));
    } catch {
      // As with `remember`.
    }
  }
}

const playKey = (sessionId: SessionId): string => `kilat.play.${sessionId}`;
const key = (titleId: string): string => `kilat.session.${titleId}`;
