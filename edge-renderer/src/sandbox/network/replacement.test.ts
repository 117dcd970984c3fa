import { expect, test } from 'vitest';
import { Replacements } from './replacement.ts';

const patience = { pausesMs: [0, 1_000, 5_000], settledMs: 60_000 };
const pauses = (...servedMs: number[]) => {
  const replacements = new Replacements(patience);
  return servedMs.map((ms) => replacements.next(ms));
};

test('relays that die again and again are replaced after growing pauses, and not for ever', () => {
  expect(pauses(2_000, 2_000, 59_999, 2_000, 2_000)).toEqual([0, 1_000, 5_000, undefined, undefined]);
});

test('one that could not be started counts like one that died', () => {
  expect(pauses(3_600_000, 0, 0, 0)).toEqual([0, 1_000, 5_000, undefined]);
});

test('one that has served for a while is replaced at once', () => {
  expect(pauses(0, 0, 60_000, 0)).toEqual([0, 1_000, 0, 1_000]);
});
