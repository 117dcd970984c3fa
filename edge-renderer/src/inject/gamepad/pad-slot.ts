import { PAD_AT_REST, type PadState } from '@kilat/shared/input/gamepad';
import { monotonicMs } from '../../monotonic.ts';
import { PadPace } from './pad-pace.ts';
import type { PadPlace, PlugPad, VirtualPad } from './virtual-pad.ts';

/** One of a title's four places for a gamepad: brings the pad there to what the player wants, at a bounded pace. */
export class PadSlot {
  readonly #plug: PlugPad;
  readonly #place: PadPlace;
  readonly #onTrouble: (error: Error) => void;
  readonly #pace = new PadPace(monotonicMs());
  /** What the player's pad is doing; undefined while none is plugged in. */
  #wanted: PadState | undefined;
  #shown: PadState | undefined;
  #pad: VirtualPad | undefined;
  /** Plugging in or out is under way. */
  #moving: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failed = false;
  #closed = false;
  #thinned = 0;

  constructor(plug: PlugPad, place: Omit<PadPlace, 'onLost'>, onTrouble: (error: Error) => void) {
    this.#plug = plug;
    this.#place = { ...place, onLost: (detail) => this.#lost(detail) };
    this.#onTrouble = onTrouble;
  }

  /** States that a newer one replaced before the title was shown them, because they came too fast. */
  get thinned(): number {
    return this.#thinned;
  }

  want(state: PadState | undefined): void {
    if (state === undefined) this.#failed = false;
    if (this.#timer !== undefined && this.#wanted !== this.#shown) this.#thinned += 1;
    this.#wanted = state;
    this.#step();
  }

  /** Resolves once the pad is not being plugged in or out. */
  async settled(): Promise<void> {
    await this.#moving;
  }

  /** Lets go of everything; a pad that is plugged in stays so. */
  rest(): void {
    if (this.#wanted === undefined) return;
    this.#wanted = PAD_AT_REST;
    this.#step();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#moving;
    await this.#pad?.close();
    this.#pad = undefined;
  }

  #step(): void {
    if (this.#closed || this.#failed || this.#moving !== undefined || this.#timer !== undefined) return;
    if (this.#wanted === this.#shown) return;
    const change = this.#wanted === undefined ? 'unplug' : this.#pad === undefined ? 'plug' : 'show';
    const waitMs = this.#pace.wait(change, monotonicMs());
    if (waitMs > 0) {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#step();
      }, waitMs);
      return;
    }
    if (change === 'plug') return this.#move(this.#plugIn());
    if (change === 'unplug') return this.#move(this.#unplug());
    this.#shown = this.#wanted;
    if (this.#wanted !== undefined) this.#pad?.show(this.#wanted);
  }

  #move(change: Promise<void>): void {
    this.#moving = change
      .catch((error: Error) => {
        this.#failed = true;
        this.#onTrouble(error);
      })
      .finally(() => {
        this.#moving = undefined;
        this.#step();
      });
  }

  async #plugIn(): Promise<void> {
    this.#pad = await this.#plug(this.#place);
    this.#shown = PAD_AT_REST;
  }

  async #unplug(): Promise<void> {
    const pad = this.#pad;
    this.#pad = undefined;
    this.#shown = undefined;
    await pad?.close();
  }

  #lost(detail: string): void {
    if (this.#closed) return;
    this.#pad = undefined;
    this.#shown = undefined;
    this.#failed = true;
    this.#onTrouble(new Error(detail));
  }
}
