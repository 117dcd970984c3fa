/** How long a session was played, holds left out. Times in ms on any one clock. */
export class PlayMeter {
  #playedMs = 0;
  #sinceMs: number | undefined;

  start(nowMs: number): void {
    this.#sinceMs ??= nowMs;
  }

  stop(nowMs: number): void {
    if (this.#sinceMs !== undefined) this.#playedMs += nowMs - this.#sinceMs;
    this.#sinceMs = undefined;
  }

  /** Of the times that were stopped, rounded. */
  get seconds(): number {
    return Math.round(this.#playedMs / 1000);
  }
}
