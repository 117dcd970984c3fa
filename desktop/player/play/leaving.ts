import type { SessionId } from '@kilat/shared/ids';
import { type Backoff, backoffMs } from '../launch/backoff.ts';
import type { CallReply, IndexerSocket } from '../launch/indexer-socket.ts';

const LEAVE_CALL_MS = 5_000;
const TRIES: Backoff = { firstMs: 500, longestMs: 8_000 };
/** By then the edge has ended the session by itself: nobody played it any more, ms. */
const GIVE_UP_MS = 120_000;

/** A session and the proof that it is this player's. */
export interface OwnedSession {
  sessionId: SessionId;
  resumeToken: string;
}

/** The only owner of saying that a session is left: until the Indexer has heard it, or it does not matter any more. */
export class Leaving {
  readonly #indexer: Pick<IndexerSocket, 'call' | 'tell'>;
  readonly #unheard = new Map<SessionId, OwnedSession>();

  constructor(indexer: Pick<IndexerSocket, 'call' | 'tell'>) {
    this.#indexer = indexer;
  }

  leave({ sessionId, resumeToken }: OwnedSession): void {
    const owned = { sessionId, resumeToken };
    this.#unheard.set(sessionId, owned);
    void this.#say(owned);
  }

  /** The page goes away: what may not have been heard is said once more, without waiting for the reply. */
  pageHides(): void {
    for (const owned of this.#unheard.values()) this.#indexer.tell('leave', owned);
  }

  async #say(owned: OwnedSession): Promise<void> {
    const startedMs = performance.now();
    for (let failed = 1; performance.now() - startedMs < GIVE_UP_MS; failed++) {
      const reply = await this.#indexer.call('leave', owned, LEAVE_CALL_MS).catch(() => undefined);
      if (isHeard(reply)) break;
      await new Promise((resolve) => setTimeout(resolve, backoffMs(TRIES, failed, Math.random())));
    }
    this.#unheard.delete(owned.sessionId);
  }
}

/** Whether nothing would come of saying it again. */
function isHeard(reply: CallReply<'leave'> | undefined): boolean {
  if (reply === undefined) return false;
  return reply.ok || reply.reason === 'session-ended' || reply.reason === 'not-yours' || reply.reason === 'bad-request';
}
