/** Neighbouring rows of a picture: `top` is the first, `bottom` the one after the last. Both even, for 4:2:0 chroma. */
export interface RowRun {
  top: number;
  bottom: number;
}

/** Runs closer than this are read as one: a further call costs more than these rows. */
const JOIN_ROWS = 16;

/** The rows that rectangles of a screen touch, from the top, as few runs. */
export function rowRuns(rectangles: readonly { y: number; height: number }[], screenHeight: number): RowRun[] {
  const runs: RowRun[] = [];
  const sorted = rectangles
    .map(({ y, height }) => ({ top: Math.max(0, y & ~1), bottom: Math.min(screenHeight, (y + height + 1) & ~1) }))
    .filter(({ top, bottom }) => bottom > top)
    .sort((a, b) => a.top - b.top);
  for (const { top, bottom } of sorted) {
    const last = runs.at(-1);
    if (last !== undefined && top <= last.bottom + JOIN_ROWS) last.bottom = Math.max(last.bottom, bottom);
    else runs.push({ top, bottom });
  }
  return runs;
}
