import type { Rendition } from '@kilat/shared/media/rendition';

type Rates = Pick<Rendition, 'bitrateKbps' | 'framesPerSecond'>;

/** Each interval moves the mean by this share of its difference. */
const SHARE = 0.05;
/** A frame gets at most so many frames' worth of bits, however slowly the title draws. */
const MOST = 2;

/**
 * What to ask of an encoder that shares its bitrate out evenly over its nominal frame rate, where the title draws more
 * slowly than that: the bitrate is meant by the second. Times in ms.
 */
export class FrameBudget {
  #rates: Rates;
  #intervalMs: number;
  #lastMs: number | undefined;

  constructor(rates: Rates) {
    this.#rates = rates;
    this.#intervalMs = 1000 / rates.framesPerSecond;
  }

  use(rates: Rates): void {
    if (rates.framesPerSecond !== this.#rates.framesPerSecond) this.#intervalMs = 1000 / rates.framesPerSecond;
    this.#rates = rates;
  }

  /** A frame is captured. */
  frame(nowMs: number): void {
    const nominalMs = 1000 / this.#rates.framesPerSecond;
    const intervalMs = this.#lastMs === undefined ? nominalMs : nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    // After a pause the next frame is one of its own, not a slow title's.
    if (intervalMs <= 3 * nominalMs) this.#intervalMs += SHARE * (intervalMs - this.#intervalMs);
  }

  get encoderKbps(): number {
    const { bitrateKbps, framesPerSecond } = this.#rates;
    const share = (this.#intervalMs * framesPerSecond) / 1000;
    return Math.round(bitrateKbps * Math.min(MOST, Math.max(1, share)));
  }
}
