import { expect, test } from 'vitest';
import { EstimateBound } from './estimate-bound.ts';

test('a bitrate that wanders within the bound does not move it', () => {
  const bound = new EstimateBound(2_600_000);
  const moved = [2_000, 2_400, 1_300, 2_600, 1_182].filter((kbps) => bound.follow(kbps));
  expect(moved).toEqual([]);
  expect(bound.bitrate).toBe(2_600_000);
});

test('a climb of the picture moves the bound once per 30 %', () => {
  const bound = new EstimateBound(1_300_000);
  const moved = Array.from({ length: 41 }, (_, step) => 1_000 + step * 100).filter((kbps) => bound.follow(kbps));
  expect(moved).toEqual([1_400, 1_900, 2_500, 3_300, 4_300]);
});

test('a fall to less than half takes the bound along, so that a narrow way is not filled with padding', () => {
  const bound = new EstimateBound(20_000_000);
  expect(bound.follow(8_000)).toBe(true);
  expect(bound.bitrate).toBe(10_400_000);
  expect(bound.follow(4_000)).toBe(true);
  expect(bound.bitrate).toBe(5_200_000);
});
