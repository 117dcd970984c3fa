import type { Rumble } from './virtual-pad.ts';

/** A title may shake a pad as often as it likes; the player's page hears of it at most this often, ms. */
export const RUMBLE_INTERVAL_MS = 20;

/** Passes on the first rumble at once and then the newest of each interval. */
export class RumbleThrottle {
  readonly #emit: (rumble: Rumble) => void;
  #waiting: Rumble | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(emit: (rumble: Rumble) => void) {
    this.#emit = emit;
  }

  take(rumble: Rumble): void {
    this.#waiting = rumble;
    if (this.#timer === undefined) this.#pass();
  }

  #pass(): void {
    this.#timer = undefined;
    const rumble = this.#waiting;
    if (rumble === undefined) return;
    this.#waiting = undefined;
    this.#emit(rumble);
    this.#timer = setTimeout(() => this.#pass(), RUMBLE_INTERVAL_MS).unref();
  }
}
