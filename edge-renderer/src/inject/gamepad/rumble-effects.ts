import type { PadRecord } from './evdev.ts';
import type { Rumble } from './virtual-pad.ts';

const MOST_EFFECTS = 16;
/** The kernel's word for "until it is stopped" is a length of 0; it is stopped here at the latest after this time, ms. */
const LONGEST_MS = 65_535;
const STOP: Rumble = { strong: 0, weak: 0, durationMs: 0 };

/** The force feedback effects a program has uploaded to one pad, and what playing them means for its motors. */
export class RumbleEffects {
  readonly #effects = new Map<number, Rumble>();
  #playing: number | undefined;

  /** What the motors do from now on; undefined when the record changes nothing. */
  take(record: PadRecord): Rumble | undefined {
    switch (record.is) {
      case 'upload': {
        const { effect, strong, weak, lengthMs } = record;
        if (effect >= MOST_EFFECTS) return undefined;
        const durationMs = lengthMs > 0 ? Math.min(lengthMs, LONGEST_MS) : LONGEST_MS;
        const rumble = { strong: strong / 0xffff, weak: weak / 0xffff, durationMs };
        this.#effects.set(effect, rumble);
        // As the kernel does: an effect that plays takes its new strength at once.
        return this.#playing === effect ? rumble : undefined;
      }
      case 'erase':
        this.#effects.delete(record.effect);
        return this.#stop(record.effect);
      case 'play': {
        if (record.times <= 0) return this.#stop(record.effect);
        const rumble = this.#effects.get(record.effect);
        if (rumble === undefined) return undefined;
        this.#playing = record.effect;
        return { ...rumble, durationMs: Math.min(LONGEST_MS, rumble.durationMs * record.times) };
      }
      case 'plugged':
        return undefined;
    }
  }

  /** The program that uploaded them has gone. */
  end(): Rumble | undefined {
    this.#effects.clear();
    return this.#playing === undefined ? undefined : this.#stop(this.#playing);
  }

  #stop(effect: number): Rumble | undefined {
    if (this.#playing !== effect) return undefined;
    this.#playing = undefined;
    return STOP;
  }
}
