import { expect, test } from 'vitest';
import { restartDelayMs } from './restart-policy.mjs';

test('waits longer after each death, up to a cap', () => {
  expect(restartDelayMs([1_000])).toBe(250);
  expect(restartDelayMs([1_000, 2_000])).toBe(500);
  expect(restartDelayMs([1_000, 2_000, 3_000, 4_000, 5_000])).toBe(4_000);
});

test('gives up on the sixth death within a minute', () => {
  expect(restartDelayMs([0, 1, 2, 3, 4, 5])).toBeUndefined();
});

test('forgets deaths of more than a minute ago', () => {
  expect(restartDelayMs([0, 1, 2, 3, 4, 60_500])).toBe(250);
});
