import { expect, test } from 'vitest';
import { FramePacing } from './pacing.ts';

/** Captures as early as allowed whenever damage comes, and returns when each capture happened. */
function captureAll(pacing: FramePacing, damageAtMs: number[]): number[] {
  return damageAtMs.map((atMs) => {
    const capturedAtMs = atMs + pacing.waitMs(atMs);
    pacing.captured(capturedAtMs);
    return capturedAtMs;
  });
}

test('a title drawing at the session rate is never delayed', () => {
  const damage = Array.from({ length: 300 }, (_, frame) => (frame * 1000) / 60);
  expect(captureAll(new FramePacing(60, 0), damage)).toEqual(damage);
});

test('a title drawing at 200 fps is held to about a tenth above the session rate', () => {
  const pacing = new FramePacing(60, 0);
  let nowMs = 0;
  let captures = 0;
  while (nowMs < 10_000) {
    nowMs += pacing.waitMs(nowMs);
    pacing.captured(nowMs);
    captures += 1;
    nowMs += 5;
  }
  expect(captures / 10).toBeGreaterThan(60);
  expect(captures / 10).toBeLessThan(68);
});

test('the first damage after an input goes ahead of its slot, the next does not', () => {
  const pacing = new FramePacing(60, 0);
  pacing.captured(0);
  pacing.captured(0);
  expect(pacing.waitMs(0)).toBeGreaterThan(10);
  pacing.inputInjected(0);
  expect(pacing.waitMs(1)).toBe(0);
  pacing.captured(1);
  expect(pacing.waitMs(1)).toBeGreaterThan(20);
});

test('the frame rate changes while it runs', () => {
  const pacing = new FramePacing(60, 0);
  pacing.setFrameRate(30, 0);
  let nowMs = 0;
  let captures = 0;
  while (nowMs < 10_000) {
    nowMs += pacing.waitMs(nowMs);
    pacing.captured(nowMs);
    captures += 1;
  }
  expect(captures / 10).toBeGreaterThan(30);
  expect(captures / 10).toBeLessThan(34);
});

test('a hold keeps everything back, an answer to an input too', () => {
  const pacing = new FramePacing(60, 0);
  pacing.holdUntil(80);
  pacing.inputInjected(10);
  expect(pacing.waitMs(20)).toBe(60);
  expect(pacing.waitMs(80)).toBe(0);
});
