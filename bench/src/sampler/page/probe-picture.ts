import { PROBE_CODE, PROBE_FLIP, type ProbeState, readProbeCells } from '@kilat/shared/title/probe-code';
import type { Area, Picture } from './picture.ts';

/** Half way between black and white, in limited-range luma as in full-range green. */
const WHITE_ABOVE = 128;

/** The part of the display that holds code and flip patch. */
export const PROBE_AREA: Area = {
  x: PROBE_CODE.x,
  y: PROBE_CODE.y,
  width: PROBE_FLIP.x + PROBE_FLIP.width - PROBE_CODE.x,
  height: PROBE_FLIP.height,
};

/** What the probe says in a picture; undefined for a torn picture: code unreadable, or flip patch and code disagree. */
export function readProbe(picture: Picture): ProbeState | undefined {
  const { x, y, cell, columns, rows } = PROBE_CODE;
  const white = (atX: number, atY: number) => picture.at(atX, atY) > WHITE_ABOVE;
  const cells = Array.from({ length: columns * rows }, (_, place) =>
    white(x + cell * ((place % columns) + 0.5), y + cell * (Math.floor(place / columns) + 0.5)),
  );
  const state = readProbeCells(cells);
  const flipped = white(PROBE_FLIP.x + PROBE_FLIP.width / 2, PROBE_FLIP.y + PROBE_FLIP.height / 2);
  return state !== undefined && flipped === (state.number % 2 === 1) ? state : undefined;
}
