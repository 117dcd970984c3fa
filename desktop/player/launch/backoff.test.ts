import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';

const backoff = { firstMs: 250, longestMs: 4_000 };

test('waits twice as long after each failed try, up to a limit', () => {
  expect([1, 2, 3, 4, 5, 6, 40].map((failed) => backoffMs(backoff, failed, 0.5))).toEqual([
    250, 500, 1_000, 2_000, 4_000, 4_000, 4_000,
  ]);
});

test('pages do not all come back at the same moment', () => {
  expect(backoffMs(backoff, 3, 0)).toBe(750);
  expect(backoffMs(backoff, 3, 1)).toBe(1_250);
});
