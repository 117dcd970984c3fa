import { expect, test } from 'vitest';
import { InputBudget } from './input-budget.ts';

const motion = { type: 'motion', dx: 1, dy: 0 } as const;

test('a flood is thinned and counted, what lets go always passes', () => {
  const budget = new InputBudget(0);
  const passed = Array.from({ length: 50_000 }, (_, place) => budget.admits(motion, place / 50)).filter(Boolean);
  // A second of it: the burst, and two thousand.
  expect(passed.length).toBeGreaterThanOrEqual(2_900);
  expect(passed.length).toBeLessThanOrEqual(3_100);
  expect(budget.dropped).toBe(50_000 - passed.length);
  expect(budget.admits(motion, 1_000)).toBe(false);
  expect(budget.admits({ type: 'key-up', key: 30 }, 1_000)).toBe(true);
  expect(budget.admits({ type: 'release-all' }, 1_000)).toBe(true);
});

test('a mouse of a thousand events a second is never thinned', () => {
  const budget = new InputBudget(0);
  for (let atMs = 0; atMs < 60_000; atMs++) budget.admits(motion, atMs);
  expect(budget.dropped).toBe(0);
});
