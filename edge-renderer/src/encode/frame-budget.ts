import type { Rendition } from '@kilat/shared/media/rendition';

type Rates = Pick<Rendition, 'bitrateKbps' | 'framesPerSecond'>;

/** Each interval moves the mean by this share of its difference. */
const SHARE = 0.05;
/** A frame gets at most so many frames' worth of bits, however slowly the title draws, and at least so many. */
const MOST = 2;
const LEAST = 0.5;
/** What the frames so far left of their time the next ones may take, up to so many frames' time: more would queue. */
const MOST_LEFT = 0.5;

/**
 * What to ask of an encoder that shares its bitrate out evenly over its nominal frame rate, where the title draws more
 * slowly than that, or unevenly. The bitrate is meant by the second: slow frames are larger, and no frame is larger than
 * what a link of that bitrate has carried since the one before, or frames in quick succession would queue. Times in ms.
 */
export class FrameBudget {
  #rates: Rates;
  /** Between frames, usually. */
  #meanMs = 0;
  #lastMs: number | undefined;
  /** How long the next frame may take on a link of the bitrate, and what is left for those after it. */
  #frameMs = 0;
  #leftMs = 0;

  constructor(rates: Rates) {
    this.#rates = rates;
    this.#begin();
  }

  use(rates: Rates): void {
    const isOtherRate = rates.framesPerSecond !== this.#rates.framesPerSecond;
    this.#rates = rates;
    if (isOtherRate) this.#begin();
  }

  /** A frame is captured. */
  frame(nowMs: number): void {
    const nominalMs = this.#nominalMs;
    const sinceMs = nowMs - (this.#lastMs ?? nowMs - nominalMs);
    this.#lastMs = nowMs;
    // After a pause the next frame is one of its own, not a slow title's.
    const isPause = sinceMs > 3 * nominalMs;
    if (!isPause) this.#meanMs += SHARE * (sinceMs - this.#meanMs);
    const freeMs = isPause ? nominalMs : sinceMs + this.#leftMs;
    this.#frameMs = Math.max(LEAST * nominalMs, Math.min(this.#usualMs, freeMs));
    this.#leftMs = Math.min(MOST_LEFT * nominalMs, Math.max(0, freeMs - this.#frameMs));
  }

  /** For an encoder that takes another bitrate with each frame. */
  get frameKbps(): number {
    return this.#encoderKbps(this.#frameMs);
  }

  /** For one that does not. */
  get meanKbps(): number {
    return this.#encoderKbps(this.#usualMs);
  }

  get #nominalMs(): number {
    return 1000 / this.#rates.framesPerSecond;
  }

  get #usualMs(): number {
    return Math.min(MOST * this.#nominalMs, Math.max(this.#nominalMs, this.#meanMs));
  }

  #begin(): void {
    this.#meanMs = this.#nominalMs;
    this.#frameMs = this.#nominalMs;
    this.#leftMs = 0;
  }

  #encoderKbps(frameMs: number): number {
    return Math.round((this.#rates.bitrateKbps * frameMs) / this.#nominalMs);
  }
}
