import type { QualityRecord } from '@kilat/shared/latency/quality';

/** Between two tries of a record that was not acknowledged, ms; the socket's return brings the next try forward. */
const RETRY_MS = 5_000;
/** Records kept while the Indexer is away: an hour. */
const MAX_KEPT = 360;

/** What became of a record sent: stored, refused for good, or unknown. */
export type Delivery = 'stored' | 'refused' | 'unknown';

/** Keeps quality records until the Indexer has each, and sends them one after the other. */
export class QualityOutbox {
  readonly #send: (record: QualityRecord) => Promise<Delivery>;
  #records: QualityRecord[] = [];
  #sending = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(send: (record: QualityRecord) => Promise<Delivery>) {
    this.#send = send;
  }

  add(record: QualityRecord): void {
    this.#records.push(record);
    if (this.#records.length > MAX_KEPT) this.#records.shift();
    void this.flush();
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
    for (let record = this.#records[0]; record !== undefined; record = this.#records[0]) {
      const delivery = await this.#send(record).catch((): Delivery => 'unknown');
      if (delivery === 'unknown') {
        if (!this.#closed) this.#retry = setTimeout(() => void this.flush(), RETRY_MS);
        break;
      }
      this.#records = this.#records.filter((other) => other !== record);
    }
    this.#sending = false;
  }

  /** No further retries by the clock. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
  }
}
