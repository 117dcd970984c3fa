import { type Rate, TokenBucket } from '@kilat/shared/server/token-bucket';

/** Ten times what a page sends whose player does all at once: input packets, their repeats, pings. */
const PACKETS: Rate = { capacity: 1_000, perSecond: 1_000 };
/** A page reports arrivals every 24 ms at most; each report moves the rendition. */
const REPORTS: Rate = { capacity: 100, perSecond: 80 };
/** Somebody who plays with the quality slider. */
const CONTROLS: Rate = { capacity: 50, perSecond: 10 };

/** How many messages a session's page may send, whatever they say: they are counted before anything reads them. */
export class PageBudget {
  readonly #packets: TokenBucket;
  readonly #reports: TokenBucket;
  readonly #controls: TokenBucket;
  /** Messages that were passed over so far. */
  dropped = 0;

  constructor(nowMs: number) {
    this.#packets = new TokenBucket(PACKETS, nowMs);
    this.#reports = new TokenBucket(REPORTS, nowMs);
    this.#controls = new TokenBucket(CONTROLS, nowMs);
  }

  packet(nowMs: number): boolean {
    return this.#take(this.#packets, nowMs);
  }

  report(nowMs: number): boolean {
    return this.#take(this.#reports, nowMs);
  }

  control(nowMs: number): boolean {
    return this.#take(this.#controls, nowMs);
  }

  #take(bucket: TokenBucket, nowMs: number): boolean {
    const admitted = bucket.take(nowMs);
    if (!admitted) this.dropped += 1;
    return admitted;
  }
}
