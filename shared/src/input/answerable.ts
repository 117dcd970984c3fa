import type { InputEvent } from './events.ts';
import { isPadAtRest } from './gamepad.ts';

/** Whether a title can be expected to draw something on an event; letting go counts nowhere. */
export function canBeAnswered(event: InputEvent): boolean {
  switch (event.type) {
    case 'key-down':
    case 'button-down':
    case 'wheel':
    case 'motion':
    case 'pointer':
    case 'touch-start':
    case 'touch-move':
      return true;
    case 'gamepad':
      return !isPadAtRest(event.state);
    case 'key-up':
    case 'button-up':
    case 'touch-end':
    case 'gamepad-unplugged':
    case 'release-all':
    case 'superseded':
      return false;
  }
}
