import { expect, test } from 'vitest';
import { resumeWaitMs } from './resume-policy.ts';

test('tries at once, then waits twice as long each time, up to a limit', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 40].map((attempt) => resumeWaitMs(attempt, 0.5))).toEqual([
    0, 250, 500, 1_000, 2_000, 4_000, 4_000, 4_000,
  ]);
});

test('players do not all come back at the same moment', () => {
  expect(resumeWaitMs(4, 0)).toBe(750);
  expect(resumeWaitMs(4, 1)).toBe(1_250);
});
