import type { PadState } from './gamepad.ts';

/** One input of a player. Its sequence number is its place in the connection's stream, from 1. */
export type InputEvent =
  /** Linux input event code. */
  | { type: 'key-down'; key: number }
  | { type: 'key-up'; key: number }
  /** `MouseEvent.button`: 0 left, 1 middle, 2 right, 3 back, 4 forward. */
  | { type: 'button-down'; button: number }
  | { type: 'button-up'; button: number }
  /** Place on the display, each axis 0…65535 from the left and top edge to the right and bottom one. */
  | { type: 'pointer'; x: number; y: number }
  /** Relative motion in display pixels, each −32768…32767. */
  | { type: 'motion'; dx: number; dy: number }
  /** Wheel in 1/120 of a notch, positive right and down. */
  | { type: 'wheel'; dx: number; dy: number }
  /** All that gamepad 0…3 is doing; its first one plugs it in. */
  | { type: 'gamepad'; pad: number; state: PadState }
  | { type: 'gamepad-unplugged'; pad: number }
  /** Finger 0…255 (as long as it touches) at a place on the display, as `pointer`'s. */
  | { type: 'touch-start'; finger: number; x: number; y: number }
  | { type: 'touch-move'; finger: number; x: number; y: number }
  | { type: 'touch-end'; finger: number }
  /** Everything held is let go (focus lost). */
  | { type: 'release-all' }
  /** Keeps the place of an event that a later one of the stream has made pointless. */
  | { type: 'superseded' };
