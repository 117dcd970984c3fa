import { expect, test } from 'vitest';
import { admissionSentence, densityTable, honestMaximum, type StepRecord } from './table.ts';

const step = (sessions: number, p95s: number[], round = 0): StepRecord => ({
  sessions,
  round,
  players: p95s.map((p95) => ({
    measure: 'next-frame',
    latencyMs: { n: 60, p50: p95 / 2, p95 },
    inputs: { sent: 60, matched: 60, unmatched: 0 },
    framesPerSecond: 30,
  })),
  cores: { session: 0.3 * sessions, all: 0.6 * sessions },
  edgeInputP95Ms: 12,
  edgeEncodeP95Ms: 6,
});

test('the maximum is the last number whose slowest session stays within one and a half times one alone', () => {
  expect(honestMaximum([step(1, [40]), step(2, [45, 59]), step(3, [40, 50, 61])])).toBe(2);
  expect(honestMaximum([step(1, [40]), step(2, [45, 65]), step(3, [40, 50, 55])])).toBe(1);
  expect(honestMaximum([])).toBe(0);
});

test('rounds are averaged before they are compared', () => {
  const records = [step(1, [40], 0), step(1, [60], 1), step(2, [70, 50], 0), step(2, [78, 70], 1)];
  expect(honestMaximum(records)).toBe(2);
  expect(densityTable(records)).toContain('| 2 | 25.0 – 39.0 | 50.0 – 78.0 | 1.48× | 12.0 | 6.0 | 30 | 0 | 0.60 |');
});

test('what measured admission did is one sentence', () => {
  expect(admissionSentence({ admitted: 2, refusal: 'needs 0.5 cores, 0.2 of 2 are left', slowestFps: 29.6 })).toBe(
    'Measured admission let 2 in, the slowest at 30 frames a second, and refused the next: needs 0.5 cores, 0.2 of 2 are left.',
  );
});
