/** The player is warned this long before an idle session ends, ms, or at half of a shorter timeout. */
const WARNING_MS = 60_000;

/** Knows when nobody has touched anything for too long. Times in ms on any one clock. */
export class IdleWatch {
  readonly #idleMs: number;
  readonly #warningMs: number;
  #touchedAtMs: number;
  #warned = false;

  constructor(idleMs: number, nowMs: number) {
    this.#idleMs = idleMs;
    this.#warningMs = Math.min(WARNING_MS, idleMs / 2);
    this.#touchedAtMs = nowMs;
  }

  /** An input came; true when a warning was out and is now void. */
  touched(nowMs: number): boolean {
    const wasWarned = this.#warned;
    this.#touchedAtMs = nowMs;
    this.#warned = false;
    return wasWarned;
  }

  /** `over` when the time is up; once, the warning with the time left. */
  check(nowMs: number): 'over' | { endsInMs: number } | undefined {
    const leftMs = this.#touchedAtMs + this.#idleMs - nowMs;
    if (leftMs <= 0) return 'over';
    if (this.#warned || leftMs > this.#warningMs) return undefined;
    this.#warned = true;
    return { endsInMs: leftMs };
  }
}
