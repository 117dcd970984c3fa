import type { InputEvent } from '@kilat/shared/input/events';
import { X_KEYCODE_OFFSET } from '@kilat/shared/input/keys';
import type { XTest } from 'x11';
import type { XConnection } from '../capture/x-connection.ts';
import { monotonicMs } from '../monotonic.ts';
import type { Gamepads } from './gamepad/gamepads.ts';
import { HeldKeys } from './held-keys.ts';
import { TouchPointer } from './touch-pointer.ts';
import { WheelNotches } from './wheel-notches.ts';

const KEY_PRESS = 2;
const KEY_RELEASE = 3;
const BUTTON_PRESS = 4;
const BUTTON_RELEASE = 5;
const MOTION = 6;
const ABSOLUTE = 0;
const RELATIVE = 1;

/** X buttons of `MouseEvent.button` 0…4: left, middle, right, back, forward. */
const X_BUTTONS = [1, 2, 3, 8, 9] as const;
/** A wheel turns no further at one event: each notch costs the X server two requests. */
const MOST_NOTCHES = 8;
const WHEEL_BUTTONS = { up: 4, down: 5, left: 6, right: 7 } as const;

/** Hands inputs to a title: to its X server (XTEST) and its gamepads. What is held is known and can be let go. */
export class Injector {
  readonly #xtest: XTest;
  readonly #x: XConnection;
  readonly #held = new HeldKeys();
  readonly #vertical = new WheelNotches();
  readonly #horizontal = new WheelNotches();
  readonly #touch: TouchPointer;
  readonly #gamepads: Gamepads | undefined;

  /** `gamepads` is undefined for a title that takes none: what comes of them then goes nowhere. */
  constructor(x: XConnection, xtest: XTest, mouse: 'relative' | 'absolute' | 'none' = 'absolute', gamepads?: Gamepads) {
    this.#x = x;
    this.#xtest = xtest;
    this.#touch = new TouchPointer(mouse === 'relative' ? { width: x.width, height: x.height } : 'absolute');
    this.#gamepads = gamepads;
  }

  inject(event: InputEvent): void {
    switch (event.type) {
      case 'key-down':
        return this.#press(KEY_PRESS, event.key + X_KEYCODE_OFFSET);
      case 'key-up':
        return this.#press(KEY_RELEASE, event.key + X_KEYCODE_OFFSET);
      case 'button-down':
        return this.#press(BUTTON_PRESS, X_BUTTONS[event.button] ?? 1);
      case 'button-up':
        return this.#press(BUTTON_RELEASE, X_BUTTONS[event.button] ?? 1);
      case 'pointer':
        return this.#fake(MOTION, ABSOLUTE, scale(event.x, this.#x.width), scale(event.y, this.#x.height));
      case 'motion':
        return this.#fake(MOTION, RELATIVE, event.dx, event.dy);
      case 'wheel':
        this.#turn(this.#vertical.add(event.dy), WHEEL_BUTTONS.down, WHEEL_BUTTONS.up);
        return this.#turn(this.#horizontal.add(event.dx), WHEEL_BUTTONS.right, WHEEL_BUTTONS.left);
      case 'gamepad':
      case 'gamepad-unplugged':
        return this.#gamepads?.take(event);
      case 'touch-start':
      case 'touch-move':
      case 'touch-end':
        for (const meant of this.#touch.take(event, monotonicMs())) this.inject(meant);
        return;
      case 'release-all':
        return this.releaseAll();
      case 'superseded':
        return;
    }
  }

  /** Lets go of every key, button and finger that is held, on gamepads too. */
  releaseAll(): void {
    this.#touch.clear();
    this.#gamepads?.rest();
    for (const { release, code } of this.#held.releaseAll()) this.#fake(release, code);
  }

  #press(type: number, code: number): void {
    const release = type === KEY_PRESS || type === KEY_RELEASE ? KEY_RELEASE : BUTTON_RELEASE;
    if (type === release && !this.#held.up(release, code)) return;
    if (type !== release) this.#held.down(release, code);
    this.#fake(type, code);
  }

  #turn(notches: number, forward: number, backward: number): void {
    const button = notches > 0 ? forward : backward;
    for (let notch = 0; notch < Math.min(MOST_NOTCHES, Math.abs(notches)); notch++) {
      this.#fake(BUTTON_PRESS, button);
      this.#fake(BUTTON_RELEASE, button);
    }
  }

  #fake(type: number, detail: number, x = 0, y = 0): void {
    this.#xtest.FakeInput(type, detail, 0, 0, x, y);
  }
}

function scale(fraction: number, pixels: number): number {
  return Math.min(pixels - 1, Math.floor((fraction / 65_536) * pixels));
}
