import type { PadState } from '@kilat/shared/input/gamepad';

/** What a title wants a gamepad to do: heavy motor and light one, 0…1 each, for so long; both 0 stops them. */
export interface Rumble {
  strong: number;
  weak: number;
  durationMs: number;
}

/** One gamepad that a title sees from its plugging in to its close: an Xbox 360 controller, as every SDL2 knows it. */
export interface VirtualPad {
  /** The title's next look at the pad. What comes faster than the title reads is merged: the newest state counts. */
  show(state: PadState): void;
  /** Lets everything go and unplugs it. Idempotent. */
  close(): Promise<void>;
}

/** Where a pad appears and who hears of it. */
export interface PadPlace {
  /** The folder the title has for /dev/input. */
  folder: string;
  /** Number of the pad, 0…3: its node is `event<number>`. */
  pad: number;
  onRumble(rumble: Rumble): void;
  /** The pad is gone although nobody closed it. */
  onLost(detail: string): void;
}

/** Plugs a pad in; rejects with a `CannotPlugError`. */
export type PlugPad = (place: PadPlace) => Promise<VirtualPad>;

/** `no-device`: the host did not make it; `no-node`: the title's folder could not take it. */
export class CannotPlugError extends Error {
  readonly reason: 'no-device' | 'no-node';

  constructor(reason: 'no-device' | 'no-node', detail: string) {
    super(detail);
    this.reason = reason;
  }
}
