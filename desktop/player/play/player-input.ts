import type { InputEvent } from '@kilat/shared/input/events';
import type { SessionOffer } from '@kilat/shared/launch/messages';
import { GamepadInput } from '../input/gamepad-input.ts';
import type { Rumble } from '../input/gamepad-rumble.ts';
import { SurfaceInput } from '../input/surface-input.ts';
import { TouchInput } from '../input/touch-input.ts';
import type { SessionGamepads } from './model.ts';

export interface PlayerInputOptions {
  surface: HTMLElement;
  /** The element in which the display is shown, by `object-fit: contain`. */
  picture: HTMLElement;
  /** What the title takes. */
  offer: Pick<SessionOffer, 'display' | 'mouse' | 'input'>;
  /** `KeyboardEvent.code`s that the page keeps for itself. */
  reservedKeys: ReadonlySet<string>;
  /** Takes each event; `atMs` is its time on `performance.now()`. */
  send(event: InputEvent, atMs: number): void;
  /** The pointer was locked or freed; pads came or went. */
  onChange(): void;
}

/** All that a player plays with: keyboard, mouse, fingers and gamepads, let in and kept out together. */
export class PlayerInput {
  readonly #surface: SurfaceInput;
  readonly #touch: TouchInput;
  readonly #gamepads: GamepadInput;
  readonly #takesGamepads: boolean;
  #gamepadTrouble = false;

  constructor({ surface, picture, offer, reservedKeys, send, onChange }: PlayerInputOptions) {
    const { display, mouse, input } = offer;
    this.#takesGamepads = input.includes('gamepad');
    this.#surface = new SurfaceInput({
      ...{ surface, picture, display, mouse, reservedKeys, send },
      onPointerLockChange: onChange,
    });
    this.#touch = new TouchInput({ surface, picture, display, send });
    this.#gamepads = new GamepadInput({
      takesThem: this.#takesGamepads,
      send,
      onChange: () => {
        this.#gamepadTrouble = false;
        onChange();
      },
    });
  }

  get pointerLocked(): boolean {
    return this.#surface.pointerLocked;
  }

  get gamepads(): SessionGamepads {
    const blocked = this.#takesGamepads ? (this.#gamepadTrouble ? 'machine' : undefined) : 'title';
    return { ...this.#gamepads.facts, blocked };
  }

  /** The edge could not plug the player's pads in; until others come. */
  gamepadsFailed(): void {
    this.#gamepadTrouble = true;
  }

  rumble(rumble: Rumble): void {
    this.#gamepads.rumble(rumble);
  }

  setEnabled(enabled: boolean): void {
    for (const input of this.#all) input.setEnabled(enabled);
  }

  /** What the edge was told over the connection before, it has forgotten. */
  connectionReplaced(): void {
    for (const input of this.#all) input.connectionReplaced();
  }

  close(): void {
    for (const input of this.#all) input.close();
  }

  get #all(): readonly [SurfaceInput, TouchInput, GamepadInput] {
    return [this.#surface, this.#touch, this.#gamepads];
  }
}
