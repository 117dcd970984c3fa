import { expect, test } from 'vitest';
import { FrameBudget } from './frame-budget.ts';

const after = (intervalMs: number, frames = 300) => {
  const budget = new FrameBudget({ bitrateKbps: 4_000, framesPerSecond: 60 });
  for (let frame = 0; frame < frames; frame++) budget.frame(frame * intervalMs);
  return budget.encoderKbps;
};

test('a title that draws more slowly gets bigger frames, the same bits a second', () => {
  expect(after(1000 / 60)).toBe(4_000);
  expect(after(1000 / 40)).toBeCloseTo(6_000, -2);
});

test('the bound holds for very slow titles, and pauses do not count', () => {
  expect(after(45)).toBe(8_000);
  expect(after(2_000)).toBe(4_000);
  expect(after(5)).toBe(4_000);
});
