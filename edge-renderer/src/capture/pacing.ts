/**
 * Decides when a damaged screen may be captured: a token bucket at slightly above the session's frame rate, so that a
 * title drawing at that rate is never delayed. The first damage after an input may borrow one token from the future.
 * Times in ms on any one clock.
 */
export class FramePacing {
  static readonly #burst = 2;
  /** Damage this soon after an input counts as its answer. */
  static readonly #inputWindowMs = 60;
  #tokensPerMs: number;
  #tokens = FramePacing.#burst;
  #filledAtMs: number;
  #inputUntilMs = Number.NEGATIVE_INFINITY;
  #heldUntilMs = Number.NEGATIVE_INFINITY;

  constructor(framesPerSecond: number, nowMs: number) {
    this.#tokensPerMs = tokensPerMs(framesPerSecond);
    this.#filledAtMs = nowMs;
  }

  setFrameRate(framesPerSecond: number, nowMs: number): void {
    this.#fill(nowMs);
    this.#tokensPerMs = tokensPerMs(framesPerSecond);
  }

  /** No capture before this time, not even an input's answer: it would only wait behind others in the network. */
  holdUntil(untilMs: number): void {
    this.#heldUntilMs = untilMs;
  }

  inputInjected(nowMs: number): void {
    this.#inputUntilMs = nowMs + FramePacing.#inputWindowMs;
  }

  /** How long a capture has to wait, ms; 0 means now. */
  waitMs(nowMs: number): number {
    this.#fill(nowMs);
    const floor = nowMs < this.#inputUntilMs ? 0 : 1;
    return Math.max(0, this.#heldUntilMs - nowMs, (floor - this.#tokens) / this.#tokensPerMs);
  }

  /** Takes the token of the capture that begins now. */
  captured(nowMs: number): void {
    this.#fill(nowMs);
    this.#tokens -= 1;
    this.#inputUntilMs = Number.NEGATIVE_INFINITY;
  }

  #fill(nowMs: number): void {
    this.#tokens = Math.min(FramePacing.#burst, this.#tokens + (nowMs - this.#filledAtMs) * this.#tokensPerMs);
    this.#filledAtMs = nowMs;
  }
}

const tokensPerMs = (framesPerSecond: number): number => (framesPerSecond * 1.02) / 1000;
