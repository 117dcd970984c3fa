import { RefusalReason } from '@kilat/shared/launch/messages';
import { expect, test } from 'vitest';
import { resumeVerdict, resumeWaitMs } from './resume-policy.ts';

test('tries at once, then waits twice as long each time, up to a limit', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 40].map((attempt) => resumeWaitMs(attempt, 0.5))).toEqual([
    0, 250, 500, 1_000, 2_000, 4_000, 4_000, 4_000,
  ]);
});

test('a session is given up only for what says that it cannot be had', () => {
  const verdict = (reason: RefusalReason) => resumeVerdict({ ok: false, reason });
  expect(RefusalReason.options.filter((reason) => verdict(reason) === 'gone')).toEqual([
    'unknown-title',
    'session-ended',
    'not-yours',
  ]);
  expect(verdict('edge-gone')).toBe('again');
  expect(verdict('no-edge')).toBe('again');
  expect(verdict('protocol-version')).toBe('impossible');
  expect(resumeVerdict(undefined)).toBe('again');
});
