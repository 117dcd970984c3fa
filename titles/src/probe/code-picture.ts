import { PROBE_CODE, PROBE_FLIP, type ProbeState, probeCells } from '@kilat/shared/title/probe-code';

/** Pixels around cells and patch that stay black, so that a moving background does not bleed into them when encoded. */
const MARGIN = 16;

const right = PROBE_FLIP.x + PROBE_FLIP.width;
const bottom = Math.max(PROBE_CODE.y + PROBE_CODE.rows * PROBE_CODE.cell, PROBE_FLIP.y + PROBE_FLIP.height);

/** Where on the screen cells, flip patch and their margin lie, in pixels. */
export const CODE_REGION = {
  x: PROBE_CODE.x - MARGIN,
  y: PROBE_CODE.y - MARGIN,
  width: right - PROBE_CODE.x + 2 * MARGIN,
  height: bottom - PROBE_CODE.y + 2 * MARGIN,
} as const;

/** What is white in the region: x, y, width, height of each rectangle in turn, relative to the region's corner. */
export function whiteRectangles(state: ProbeState): number[] {
  const { columns, cell, x, y } = PROBE_CODE;
  const rectangles = probeCells(state).flatMap((white, place) =>
    white
      ? [
          x - CODE_REGION.x + (place % columns) * cell,
          y - CODE_REGION.y + Math.floor(place / columns) * cell,
          cell,
          cell,
        ]
      : [],
  );
  if (state.number % 2 === 1)
    rectangles.push(PROBE_FLIP.x - CODE_REGION.x, PROBE_FLIP.y - CODE_REGION.y, PROBE_FLIP.width, PROBE_FLIP.height);
  return rectangles;
}
