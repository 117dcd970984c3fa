import { expect, it } from 'vitest';
import { nearestIn, type Place } from './spatial-move.ts';

// One card twice as large, two small ones beside it, three below:
//  0 0 1
//  0 0 2
//  3 4 5
const cell = (column: number, row: number, span = 1): Place => ({
  left: column * 100,
  top: row * 100,
  width: span * 100 - 10,
  height: span * 100 - 10,
});
const places = [cell(0, 0, 2), cell(2, 0), cell(2, 1), cell(0, 2), cell(1, 2), cell(2, 2)];

it('goes to the neighbour one sees', () => {
  expect(nearestIn('right', 3, places)).toBe(4);
  expect(nearestIn('left', 5, places)).toBe(4);
  expect(nearestIn('down', 1, places)).toBe(2);
  expect(nearestIn('up', 5, places)).toBe(2);
  expect(nearestIn('left', 2, places)).toBe(0);
  expect(nearestIn('up', 4, places)).toBe(0);
  expect([1, 2]).toContain(nearestIn('right', 0, places));
  expect([3, 4]).toContain(nearestIn('down', 0, places));
});

it('stays where nothing lies ahead', () => {
  expect(nearestIn('left', 0, places)).toBeUndefined();
  expect(nearestIn('up', 1, places)).toBeUndefined();
  expect(nearestIn('down', 4, places)).toBeUndefined();
  expect(nearestIn('right', 9, places)).toBeUndefined();
});
