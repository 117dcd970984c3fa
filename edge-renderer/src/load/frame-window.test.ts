import { expect, test } from 'vitest';
import type { SentFrame } from '../container/messages.ts';
import { FrameWindow } from './frame-window.ts';

const frame = (damagedMs: number, { waitedMs = 1, encodeMs = 5, cause = 'damage' as const } = {}): SentFrame => ({
  cause,
  rtpTimestamp: 0,
  damagedMs,
  capturedMs: damagedMs + waitedMs,
  convertedMs: damagedMs + waitedMs + 2,
  encodedMs: damagedMs + waitedMs + 2 + encodeMs,
  sentMs: damagedMs + waitedMs + 2 + encodeMs,
  bytes: 1_000,
  keyFrame: false,
});

test('a smooth stream has its rate and no late frame', () => {
  const frames = new FrameWindow(60);
  for (let n = 0; n < 300; n++) frames.add(frame(n * 20));
  const { framesPerSecond, encodeMs, lateShare, droppedShare } = frames.figures(299 * 20 + 8);
  expect(framesPerSecond).toBeCloseTo(50, 0);
  expect(encodeMs).toMatchObject({ p50: 5, p95: 5 });
  expect([lateShare, droppedShare]).toEqual([0, 0]);
});

test('a slow encoder makes frames late, a wait for the one before drops slots', () => {
  const frames = new FrameWindow(60);
  for (let n = 0; n < 10; n++) frames.add(frame(n * 50, n < 5 ? {} : { encodeMs: 40 }));
  expect(frames.figures(500).lateShare).toBe(0.5);
  for (let n = 10; n < 20; n++) frames.add(frame(n * 50, { waitedMs: 35 }));
  expect(frames.counts).toEqual({ late: 15, dropped: 20 });
});

test('what was sent without damage says nothing about speed, and old frames are forgotten', () => {
  const frames = new FrameWindow(60);
  frames.add({ ...frame(0), cause: 'refresh' });
  expect(frames.figures(10).encodeMs).toBeUndefined();
  frames.add(frame(10));
  expect(frames.figures(20).framesPerSecond).toBeGreaterThan(0);
  expect(frames.figures(60_000).framesPerSecond).toBe(0);
});

test('answered inputs are timed from their arrival to the frame that shows them', () => {
  const frames = new FrameWindow(60);
  frames.answered({ receivedMs: 100, sentMs: 112 });
  expect(frames.figures(200).inputMs).toMatchObject({ p50: 12, p95: 12 });
  expect(frames.figures(60_000).inputMs).toBeUndefined();
});
