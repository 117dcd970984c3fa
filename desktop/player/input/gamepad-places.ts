import { MAX_PADS } from '@kilat/shared/input/gamepad';

/** What of a browser's `Gamepad` tells whether and where it is played with. */
export interface NamedPad {
  index: number;
  id: string;
  mapping: string;
}

/** Which of the title's four pads each of the browser's gamepads is: a pad keeps its number until it is pulled out. */
export class GamepadPlaces {
  readonly #pads: (number | undefined)[] = Array.from({ length: MAX_PADS }, () => undefined);

  /** Takes in what is connected now; the numbers of pads that have gone. */
  update(connected: readonly NamedPad[]): number[] {
    const playable = connected.filter(({ mapping }) => mapping === 'standard');
    const gone: number[] = [];
    this.#pads.forEach((index, pad) => {
      if (index === undefined || playable.some((gamepad) => gamepad.index === index)) return;
      this.#pads[pad] = undefined;
      gone.push(pad);
    });
    for (const { index } of playable) {
      if (this.#pads.includes(index)) continue;
      const free = this.#pads.indexOf(undefined);
      if (free !== -1) this.#pads[free] = index;
    }
    return gone;
  }

  /** Number of the title's pad; undefined when the gamepad has none: four are in use, or its buttons are unknown. */
  padOf(index: number): number | undefined {
    const pad = this.#pads.indexOf(index);
    return pad === -1 ? undefined : pad;
  }

  /** The browser's index of a title's pad. */
  indexOf(pad: number): number | undefined {
    return this.#pads[pad];
  }
}
