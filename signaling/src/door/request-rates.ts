import { type Rate, TokenBucket } from '@kilat/shared/server/token-bucket';

/** Who asks: a player may have many sockets, and an address many players, also such as it makes up. */
export interface Asker {
  playerId: string;
  address: string;
}

/** What a player, and all players of one address together, may ask. */
export interface RequestRate {
  player: Rate;
  address: Rate;
}

/** Buckets beyond this number are looked through for full ones, which are the same as none. */
const FIRST_SWEEP = 1_000;

/** Rates of one kind of request, kept by player and by address: a new socket brings no new allowance. */
export class RequestRates {
  readonly #rate: RequestRate;
  readonly #buckets = new Map<string, TokenBucket>();
  #sweepAt = FIRST_SWEEP;

  constructor(rate: RequestRate) {
    this.#rate = rate;
  }

  /** Takes one request: 0, or how long to wait before the next try, ms. */
  take({ playerId, address }: Asker, nowMs: number): number {
    for (const bucket of [
      this.#bucket(`player ${playerId}`, this.#rate.player, nowMs),
      this.#bucket(`address ${address}`, this.#rate.address, nowMs),
    ]) {
      if (!bucket.take(nowMs)) return Math.max(1, bucket.waitMs(nowMs));
    }
    return 0;
  }

  get size(): number {
    return this.#buckets.size;
  }

  #bucket(key: string, rate: Rate, nowMs: number): TokenBucket {
    const known = this.#buckets.get(key);
    if (known !== undefined) return known;
    if (this.#buckets.size >= this.#sweepAt) this.#sweep(nowMs);
    const bucket = new TokenBucket(rate, nowMs);
    this.#buckets.set(key, bucket);
    return bucket;
  }

  #sweep(nowMs: number): void {
    for (const [key, bucket] of this.#buckets) if (bucket.isFull(nowMs)) this.#buckets.delete(key);
    this.#sweepAt = Math.max(FIRST_SWEEP, 2 * this.#buckets.size);
  }
}
