/** How fast a pad may change: a pad polled by a browser changes 60 to 240 times a second. */
export const STATES_PER_SECOND = 250;
const BURST_STATES = 50;
/** Plugging in or out costs as much as so many states: the title enumerates its devices. */
const PLUG_COST = 25;

/** When a pad's next change may go to the title (a token bucket), so that a pad that floods costs no more than a busy one. */
export class PadPace {
  #tokens = BURST_STATES;
  #atMs: number;

  constructor(nowMs: number) {
    this.#atMs = nowMs;
  }

  /** Takes what the change costs; 0 when it may go now, else the ms to wait before asking again. */
  wait(change: 'show' | 'plug' | 'unplug', nowMs: number): number {
    this.#tokens = Math.min(BURST_STATES, this.#tokens + ((nowMs - this.#atMs) * STATES_PER_SECOND) / 1000);
    this.#atMs = nowMs;
    const cost = change === 'show' ? 1 : PLUG_COST;
    if (this.#tokens < cost) return ((cost - this.#tokens) * 1000) / STATES_PER_SECOND;
    this.#tokens -= cost;
    return 0;
  }
}
