import type { QualityRecord } from '@kilat/shared/latency/quality';
import { type Backoff, backoffMs } from '../launch/backoff.ts';

/** Between tries of what was not acknowledged; the socket's return brings the next one forward. */
const TRIES: Backoff = { firstMs: 1_000, longestMs: 30_000 };
/** Records kept while the Indexer is away: an hour. */
const MAX_KEPT = 360;
/** Records sent at once: about 40 KB, below what a socket message may hold. */
export const QUALITY_BATCH = 25;

/**
 * What became of records sent. `malformed`: at least one of them will never be taken; `foreign`: none of this session
 * will; `unknown`: to be sent again, not before `retryAfterMs` where the Indexer names it.
 */
export type Delivery =
  | { is: 'stored' | 'malformed' | 'foreign' }
  | { is: 'unknown'; retryAfterMs?: number | undefined };

/** Keeps quality records until the Indexer has each, and sends them in order. */
export class QualityOutbox {
  readonly #send: (records: readonly QualityRecord[]) => Promise<Delivery>;
  readonly #random: () => number;
  #records: QualityRecord[] = [];
  #sending = false;
  #failed = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(send: (records: readonly QualityRecord[]) => Promise<Delivery>, random: () => number = Math.random) {
    this.#send = send;
    this.#random = random;
  }

  /** Keeps a record, and sends it unless the next try is set already. */
  add(record: QualityRecord): void {
    this.#records.push(record);
    if (this.#records.length > MAX_KEPT) this.#records.shift();
    if (this.#retry === undefined) void this.flush();
  }

  /** What the Indexer has not acknowledged, oldest first. */
  get waiting(): readonly QualityRecord[] {
    return this.#records;
  }

  /** Sends what waits; does nothing while that is under way. Resolves when nothing waits or a try failed. */
  async flush(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    let most = QUALITY_BATCH;
    while (this.#records.length > 0) {
      const batch = this.#records.slice(0, most);
      const delivery = await this.#send(batch).catch((): Delivery => ({ is: 'unknown' }));
      if (delivery.is === 'unknown') {
        this.#tryLater(delivery.retryAfterMs ?? 0);
        break;
      }
      this.#failed = 0;
      // One bad record must not take the others with it.
      if (delivery.is === 'malformed' && batch.length > 1) most = 1;
      else this.#records = this.#records.filter((record) => delivery.is !== 'foreign' && !batch.includes(record));
    }
    this.#sending = false;
  }

  /** No further retries by the clock. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
  }

  #tryLater(atLeastMs: number): void {
    if (this.#closed) return;
    const waitMs = Math.max(atLeastMs, backoffMs(TRIES, ++this.#failed, this.#random()));
    this.#retry = setTimeout(() => void this.flush(), waitMs);
  }
}
