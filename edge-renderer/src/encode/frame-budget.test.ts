import { expect, test } from 'vitest';
import { FrameBudget } from './frame-budget.ts';

const FRAME_MS = 1000 / 60;

function after(...intervalsMs: number[]): FrameBudget {
  const budget = new FrameBudget({ bitrateKbps: 4_000, framesPerSecond: 60 });
  let nowMs = 1_000;
  budget.frame(nowMs);
  for (const intervalMs of intervalsMs) {
    nowMs += intervalMs;
    budget.frame(nowMs);
  }
  return budget;
}
const evenly = (intervalMs: number) => after(...Array<number>(300).fill(intervalMs));

test('a title that draws more slowly gets bigger frames, the same bits a second', () => {
  expect(evenly(FRAME_MS).frameKbps).toBe(4_000);
  expect(evenly(1000 / 40).frameKbps).toBeCloseTo(6_000, -2);
  expect(evenly(1000 / 40).meanKbps).toBeCloseTo(6_000, -2);
});

test('the bound holds for very slow titles, and pauses do not count', () => {
  expect(evenly(45).frameKbps).toBe(8_000);
  expect(evenly(2_000).frameKbps).toBe(4_000);
});

test('frames in quick succession get no more than a link carries in their time', () => {
  // What is left of the first is used up by the frame at 60 a second.
  const slow = [...Array<number>(300).fill(25), FRAME_MS];
  expect(after(...slow, FRAME_MS).frameKbps).toBeCloseTo(4_100, -2);
  expect(after(...slow, 0.75 * FRAME_MS).frameKbps).toBeCloseTo(3_100, -2);
  expect(after(...slow, 1).frameKbps).toBe(2_000);
  // An encoder that would have to be opened anew is not troubled by them.
  expect(after(...slow, 1).meanKbps).toBeGreaterThan(5_500);
});

test('what a late frame left the next ones may take, up to half a frame', () => {
  expect(after(3 * FRAME_MS).frameKbps).toBeCloseTo(4_400, -2);
  expect(after(3 * FRAME_MS, 0.75 * FRAME_MS).frameKbps).toBeCloseTo(4_300, -2);
  expect(after(3 * FRAME_MS, 0.75 * FRAME_MS, 0.75 * FRAME_MS).frameKbps).toBeLessThan(4_000);
});
