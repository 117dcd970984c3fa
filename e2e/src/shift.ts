/**
 * How far a picture (brightness in rows of `columns`) has moved sideways, in columns: positive when what was at the
 * right has come to the left, as when one turns to the right. Rows from `firstRow` up to `endRow` are compared.
 */
export function sidewaysShift(
  before: readonly number[],
  after: readonly number[],
  { columns, firstRow, endRow, most }: { columns: number; firstRow: number; endRow: number; most: number },
): number {
  let best = { shift: 0, error: Number.POSITIVE_INFINITY };
  for (let shift = -most; shift <= most; shift++) {
    let sum = 0;
    let count = 0;
    for (let row = firstRow; row < endRow; row++) {
      for (let column = Math.max(0, -shift); column < Math.min(columns, columns - shift); column++) {
        sum += Math.abs((after[row * columns + column] ?? 0) - (before[row * columns + column + shift] ?? 0));
        count += 1;
      }
    }
    if (sum / count < best.error) best = { shift, error: sum / count };
  }
  return best.shift;
}
