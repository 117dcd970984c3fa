import { expect, test } from 'vitest';
import { rowRuns } from './row-runs.ts';

test('rectangles become even runs from the top, near ones joined, within the screen', () => {
  const runs = rowRuns(
    [
      { y: 301, height: 9 },
      { y: 0, height: 3 },
      { y: 11, height: 1 },
      { y: 700, height: 40 },
      { y: 305, height: 2 },
      { y: 100, height: 0 },
    ],
    720,
  );
  expect(runs).toEqual([
    { top: 0, bottom: 12 },
    { top: 300, bottom: 310 },
    { top: 700, bottom: 720 },
  ]);
  expect(rowRuns([], 720)).toEqual([]);
});
