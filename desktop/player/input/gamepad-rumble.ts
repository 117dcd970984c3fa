import type { EdgeMessage } from '@kilat/shared/session/channel-messages';

export type Rumble = Extract<EdgeMessage, { type: 'rumble' }>;

/** The browser's part that is used; `GamepadHapticActuator` of a dual-rumble pad. */
export interface Actuator {
  playEffect(
    type: 'dual-rumble',
    effect: { duration: number; strongMagnitude: number; weakMagnitude: number; startDelay: number },
  ): Promise<unknown>;
  reset(): Promise<unknown>;
}

/** Browsers refuse longer effects, ms. */
const LONGEST_EFFECT_MS = 5_000;

/** Plays a title's rumble on the player's pads; what is longer than the browser takes is played in parts. */
export class GamepadRumble {
  readonly #actuatorOf: (pad: number) => Actuator | null | undefined;
  readonly #repeats = new Map<number, ReturnType<typeof setTimeout>>();

  constructor(actuatorOf: (pad: number) => Actuator | null | undefined) {
    this.#actuatorOf = actuatorOf;
  }

  play(rumble: Rumble): void {
    const { pad, strong, weak, durationMs } = rumble;
    clearTimeout(this.#repeats.get(pad));
    this.#repeats.delete(pad);
    const actuator = this.#actuatorOf(pad);
    if (actuator === null || actuator === undefined) return;
    if (strong === 0 && weak === 0) {
      actuator.reset().catch(() => {});
      return;
    }
    const duration = Math.min(durationMs, LONGEST_EFFECT_MS);
    // A pad without motors, or a browser that stopped an effect for a newer one.
    actuator
      .playEffect('dual-rumble', { duration, strongMagnitude: strong, weakMagnitude: weak, startDelay: 0 })
      .catch(() => {});
    if (durationMs <= duration) return;
    const rest = { ...rumble, durationMs: durationMs - duration };
    this.#repeats.set(
      pad,
      setTimeout(() => this.play(rest), duration),
    );
  }

  /** Nothing shakes any more. */
  stop(pads: number): void {
    for (let pad = 0; pad < pads; pad++) this.play({ type: 'rumble', pad, strong: 0, weak: 0, durationMs: 0 });
  }
}
