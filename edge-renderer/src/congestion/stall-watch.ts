import type { InFlight } from './arrivals.ts';

/** A NACK says so long that packets are missing, ms. */
const NACK_COUNTS_MS = 500;
/** How much later than usual a frame may be reported: a packet sent again comes within this, ms. */
const PATIENCE_MS = 90;
/** A key frame needs time to be seen before another one helps, ms. */
const KEY_FRAME_EVERY_MS = 400;
/** Each report moves the usual time by this share of its difference. */
const SHARE = 0.1;

/**
 * Notices that packets sent again did not make it: the player asked for some, and since then has shown no frame for
 * longer than a retransmission takes. Only a key frame helps it then, and with it the newest picture comes first.
 */
export class StallWatch {
  /** From sending a frame to the report of it. */
  #usualMs: number | undefined;
  #nackedAtMs = Number.NEGATIVE_INFINITY;
  #keyFrameAtMs = Number.NEGATIVE_INFINITY;

  nacked(nowMs: number): void {
    this.#nackedAtMs = nowMs;
  }

  /** The newest frame of a report. */
  reported(sentMs: number, nowMs: number): void {
    const tookMs = nowMs - sentMs;
    this.#usualMs ??= tookMs;
    this.#usualMs += SHARE * (Math.min(tookMs, 2 * this.#usualMs) - this.#usualMs);
  }

  /** Ask with each frame sent; true at most every 400 ms. */
  isStalled({ oldestSentMs }: InFlight, nowMs: number): boolean {
    if (this.#usualMs === undefined || oldestSentMs === undefined) return false;
    if (nowMs - this.#nackedAtMs > NACK_COUNTS_MS || nowMs - this.#keyFrameAtMs < KEY_FRAME_EVERY_MS) return false;
    if (nowMs - oldestSentMs < 1.5 * this.#usualMs + PATIENCE_MS) return false;
    this.#keyFrameAtMs = nowMs;
    return true;
  }

  clear(): void {
    this.#usualMs = undefined;
    this.#nackedAtMs = Number.NEGATIVE_INFINITY;
  }
}
