/** How often something may be asked: bursts of `capacity`, and `perSecond` in the long run. */
export interface Rate {
  capacity: number;
  perSecond: number;
}

/** One asker's allowance at a `Rate`. */
export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #atMs: number;

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#tokens = rate.capacity;
    this.#atMs = nowMs;
  }

  /** Takes one token; false where there is none. */
  take(nowMs: number): boolean {
    this.#refill(nowMs);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Time until there is a token again, ms. */
  waitMs(nowMs: number): number {
    this.#refill(nowMs);
    return Math.max(0, Math.ceil(((1 - this.#tokens) / this.#rate.perSecond) * 1000));
  }

  /** Whether it allows as much as a new one. */
  isFull(nowMs: number): boolean {
    this.#refill(nowMs);
    return this.#tokens === this.#rate.capacity;
  }

  #refill(nowMs: number): void {
    const { capacity, perSecond } = this.#rate;
    this.#tokens = Math.min(capacity, this.#tokens + ((nowMs - this.#atMs) / 1000) * perSecond);
    this.#atMs = nowMs;
  }
}
