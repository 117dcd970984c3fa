/** Most gamepads a session has; they are numbered from 0. */
export const MAX_PADS = 4;

/**
 * On-off buttons of the W3C standard mapping, by their bit in `PadState.buttons`: the mapping's own order without the two
 * triggers, which are analog.
 */
export const PAD_BUTTONS = [
  'south',
  'east',
  'west',
  'north',
  'left-shoulder',
  'right-shoulder',
  'back',
  'start',
  'left-stick',
  'right-stick',
  'up',
  'down',
  'left',
  'right',
  'guide',
] as const;
export type PadButton = (typeof PAD_BUTTONS)[number];

/** Everything a gamepad is doing: buttons as bits of `PAD_BUTTONS`, triggers 0…255, sticks −32768…32767, right and down positive. */
export interface PadState {
  buttons: number;
  leftTrigger: number;
  rightTrigger: number;
  leftX: number;
  leftY: number;
  rightX: number;
  rightY: number;
}

/** Nothing pressed, sticks in their middle. */
export const PAD_AT_REST: PadState = {
  buttons: 0,
  leftTrigger: 0,
  rightTrigger: 0,
  leftX: 0,
  leftY: 0,
  rightX: 0,
  rightY: 0,
};

export const padButtonBit = (button: PadButton): number => 1 << PAD_BUTTONS.indexOf(button);

export function samePadState(a: PadState, b: PadState): boolean {
  return (Object.keys(PAD_AT_REST) as (keyof PadState)[]).every((part) => a[part] === b[part]);
}

export const isPadAtRest = (state: PadState): boolean => samePadState(state, PAD_AT_REST);
