import { PAD_BUTTONS, PAD_AT_REST, type PadState } from '@kilat/shared/input/gamepad';

/** What of a browser's `Gamepad` is read (W3C Gamepad, standard mapping: 17 buttons, 4 axes). */
export interface ReadablePad {
  buttons: readonly { pressed: boolean; value: number }[];
  axes: readonly number[];
}

/** Place of each on-off button in the standard mapping; 6 and 7 are the triggers. */
const BUTTON_PLACES = [0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15, 16] as const;
const LEFT_TRIGGER = 6;
const RIGHT_TRIGGER = 7;

/** A stick that moved less than this is only trembling: 1/500 of its way from the middle to an end. */
const TREMBLE = 64;
/** Closer to the middle than this a stick rests; springs do not bring it back exactly. */
const MIDDLE = 655;

/** A pad's state as it goes over the wire. `before` is what was read last: trembling sticks keep their place. */
export function readPad({ buttons, axes }: ReadablePad, before: PadState = PAD_AT_REST): PadState {
  const stick = (place: number, last: number) => steady(stickValue(axes[place] ?? 0), last);
  const trigger = (place: number) => Math.round(bounded(buttons[place]?.value ?? 0, 0) * 255);
  return {
    buttons: PAD_BUTTONS.reduce(
      (bits, _, bit) => bits | (buttons[BUTTON_PLACES[bit] ?? -1]?.pressed === true ? 1 << bit : 0),
      0,
    ),
    leftTrigger: trigger(LEFT_TRIGGER),
    rightTrigger: trigger(RIGHT_TRIGGER),
    leftX: stick(0, before.leftX),
    leftY: stick(1, before.leftY),
    rightX: stick(2, before.rightX),
    rightY: stick(3, before.rightY),
  };
}

function stickValue(axis: number): number {
  const value = bounded(axis, -1);
  return Math.round(value < 0 ? value * 32_768 : value * 32_767);
}

function steady(value: number, last: number): number {
  if (Math.abs(value) < MIDDLE) return 0;
  const isEnd = value === 32_767 || value === -32_768;
  return Math.abs(value - last) < TREMBLE && !isEnd ? last : value;
}

/** Within `least`…1; 0 for what is no number. */
const bounded = (value: number, least: number): number =>
  Number.isFinite(value) ? Math.min(1, Math.max(least, value)) : 0;
