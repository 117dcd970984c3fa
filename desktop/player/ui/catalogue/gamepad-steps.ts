import type { Direction } from './spatial-move.ts';

/** What a player can ask of the catalogue with a gamepad. */
export type PadStep = { do: 'move'; direction: Direction } | { do: 'press' } | { do: 'back' };

/** The part of a `Gamepad` that is read: buttons of the standard mapping (W3C Gamepad, 5.1). */
export interface PadReading {
  buttons: readonly { pressed: boolean }[];
  axes: readonly number[];
}

const DEAD_ZONE = 0.6;
/** A held direction repeats after this long, then this often, ms. */
const REPEAT_AFTER_MS = 380;
const REPEAT_EVERY_MS = 120;

/** What is held and since when, between two readings. */
export interface PadMemory {
  held: string | undefined;
  nextMs: number;
}

export const NOTHING_HELD: PadMemory = { held: undefined, nextMs: 0 };

/** The step a reading asks for, given what was held before: on the press, and again while a direction is held. */
export function padStep(
  pad: PadReading,
  before: PadMemory,
  nowMs: number,
): { step: PadStep | undefined; memory: PadMemory } {
  const wanted = reading(pad);
  if (wanted === undefined) return { step: undefined, memory: NOTHING_HELD };
  const key = wanted.do === 'move' ? wanted.direction : wanted.do;
  if (before.held !== key) return { step: wanted, memory: { held: key, nextMs: nowMs + REPEAT_AFTER_MS } };
  if (wanted.do !== 'move' || nowMs < before.nextMs) return { step: undefined, memory: before };
  return { step: wanted, memory: { held: key, nextMs: nowMs + REPEAT_EVERY_MS } };
}

function reading({ buttons, axes }: PadReading): PadStep | undefined {
  const pressed = (index: number) => buttons[index]?.pressed === true;
  const [x = 0, y = 0] = axes;
  if (pressed(0)) return { do: 'press' };
  if (pressed(1)) return { do: 'back' };
  if (pressed(12) || y < -DEAD_ZONE) return { do: 'move', direction: 'up' };
  if (pressed(13) || y > DEAD_ZONE) return { do: 'move', direction: 'down' };
  if (pressed(14) || x < -DEAD_ZONE) return { do: 'move', direction: 'left' };
  if (pressed(15) || x > DEAD_ZONE) return { do: 'move', direction: 'right' };
  return undefined;
}
