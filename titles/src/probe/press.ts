import { X_KEYCODE_OFFSET } from '@kilat/shared/input/keys';
import type { XEvent } from 'x11';

/** X's numbers of the buttons left, middle, right, back and forward, by `MouseEvent.button`; 4 to 7 are the wheel. */
const X_BUTTONS = [1, 2, 3, 8, 9];

/** The code of a key or button press as `nextProbeState` takes it; undefined for anything else. */
export function pressCode(event: XEvent): number | undefined {
  if (event.name === 'KeyPress') return event.keycode - X_KEYCODE_OFFSET;
  if (event.name !== 'ButtonPress') return undefined;
  const button = X_BUTTONS.indexOf(event.keycode);
  return button < 0 ? undefined : 0x110 + button;
}
