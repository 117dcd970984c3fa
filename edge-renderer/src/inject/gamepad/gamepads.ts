import type { InputEvent } from '@kilat/shared/input/events';
import { MAX_PADS, PAD_AT_REST } from '@kilat/shared/input/gamepad';
import { PadSlot } from './pad-slot.ts';
import { RumbleThrottle } from './rumble-throttle.ts';
import type { PlugPad, Rumble } from './virtual-pad.ts';

export type GamepadEvent = Extract<InputEvent, { type: 'gamepad' | 'gamepad-unplugged' }>;

/** Who hears of a title's gamepads. */
export interface GamepadsListener {
  rumble(pad: number, rumble: Rumble): void;
  /** A pad could not be plugged in, or was lost; the others go on. */
  trouble(pad: number, error: Error): void;
}

const NOBODY: GamepadsListener = { rumble() {}, trouble() {} };

/** The gamepads of one title, from the start of its container to its end. */
export class Gamepads {
  readonly #slots: readonly PadSlot[];
  /** Pads with a lower number are never pulled out. */
  readonly #fromStart: number;
  #listener = NOBODY;

  /** `folder` is what the title has for /dev/input. */
  constructor(folder: string, plug: PlugPad, fromStart = 0) {
    this.#fromStart = fromStart;
    this.#slots = Array.from({ length: MAX_PADS }, (_, pad) => {
      const throttle = new RumbleThrottle((rumble) => this.#listener.rumble(pad, rumble));
      const place = { folder, pad, onRumble: (rumble: Rumble) => throttle.take(rumble) };
      return new PadSlot(plug, place, (error) => this.#listener.trouble(pad, error));
    });
  }

  listen(listener: GamepadsListener): void {
    this.#listener = listener;
  }

  /** Plugs in the pads that are there from the start; resolves when they are, or could not be. */
  async plugFirst(): Promise<void> {
    const first = this.#slots.slice(0, this.#fromStart);
    for (const slot of first) slot.want(PAD_AT_REST);
    await Promise.all(first.map((slot) => slot.settled()));
  }

  take(event: GamepadEvent): void {
    const gone = event.pad < this.#fromStart ? PAD_AT_REST : undefined;
    this.#slots[event.pad]?.want(event.type === 'gamepad' ? event.state : gone);
  }

  /** Lets go of everything that is held; the pads stay plugged in. */
  rest(): void {
    for (const slot of this.#slots) slot.rest();
  }

  /** States of all pads that were passed over because they came too fast. */
  get thinned(): number {
    return this.#slots.reduce((sum, { thinned }) => sum + thinned, 0);
  }

  async close(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.close()));
  }
}
