import type { playerNotices, SessionOffer } from '@kilat/shared/launch/messages';
import type { SessionEvent } from '@kilat/shared/session/life';
import type { z } from 'zod';
import type { IndexerSocket } from '../launch/indexer-socket.ts';

type Notice = z.infer<(typeof playerNotices)['session']>;

/** Hears an event; `remainingMs` turns a time of the notice's own clock into what remains until then, ms. */
export type HearEvent = (event: SessionEvent, remainingMs: (untilEpochMs: number) => number) => void;

/** Notices kept until the session they may belong to is known. */
const MAX_EARLY = 64;
const WATCH_CALL_MS = 5_000;
/** An Indexer that has just been restarted learns of its sessions from the edges: `watch` is tried again this often, ms … */
const WATCH_AGAIN_MS = 2_000;
/** … and this many times. */
const WATCH_TRIES = 15;

/** Hears what happens to one session, each event once, across losses of the socket. */
export class SessionNotices {
  readonly #indexer: Pick<IndexerSocket, 'call' | 'onNotice' | 'onConnection'>;
  readonly #hear: HearEvent;
  readonly #stopListening: (() => void)[];
  readonly #heard = new Set<string>();
  #early: Notice[] = [];
  #offer: SessionOffer | undefined;
  #watching = false;
  #closed = false;

  constructor(indexer: Pick<IndexerSocket, 'call' | 'onNotice' | 'onConnection'>, hear: HearEvent) {
    this.#indexer = indexer;
    this.#hear = hear;
    this.#stopListening = [
      indexer.onNotice('session', (notice) => this.#onNotice(notice)),
      // A new socket hears of no session until it asks.
      indexer.onConnection((connected) => {
        if (connected) void this.#watch();
      }),
    ];
  }

  /** From now on only this session counts. `missed`: it has a history that this page has not heard. */
  follow(offer: SessionOffer, missed: boolean): void {
    this.#offer = offer;
    for (const notice of this.#early.splice(0)) this.#onNotice(notice);
    if (missed) void this.#watch();
  }

  close(): void {
    this.#closed = true;
    for (const stop of this.#stopListening) stop();
  }

  #onNotice(notice: Notice): void {
    if (this.#closed) return;
    if (this.#offer === undefined) {
      if (this.#early.length < MAX_EARLY) this.#early.push(notice);
      return;
    }
    const { sessionId, atMs, event } = notice;
    // `watch` tells everything again from the start.
    const name = `${atMs} ${JSON.stringify(event)}`;
    if (sessionId !== this.#offer.sessionId || this.#heard.has(name)) return;
    this.#heard.add(name);
    this.#hear(event, (untilEpochMs) => Math.max(0, untilEpochMs - atMs));
  }

  /** Asks for the session's notices. A refusal ends nothing: the picture may go on without the Indexer. */
  async #watch(): Promise<void> {
    if (this.#offer === undefined || this.#watching) return;
    this.#watching = true;
    const { sessionId, resumeToken } = this.#offer;
    for (let tries = 0; tries < WATCH_TRIES && !this.#closed; tries++) {
      const reply = await this.#indexer.call('watch', { sessionId, resumeToken }, WATCH_CALL_MS).catch(() => undefined);
      if (reply?.ok) break;
      await new Promise((resolve) => setTimeout(resolve, WATCH_AGAIN_MS));
    }
    this.#watching = false;
  }
}
