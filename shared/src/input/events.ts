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
  /** Everything held is let go (focus lost). */
  | { type: 'release-all' };
