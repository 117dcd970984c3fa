import { expect, test } from 'vitest';
import { leastKbps, nextRung, renditionAt, TOP_OF_LADDER } from './ladder.ts';

const display = { width: 1280, height: 720, fps: 60 };

test('frame rate falls before size', () => {
  expect([0, 1, 2, 3].map((rung) => renditionAt(rung, display, 1_000))).toMatchObject([
    { framesPerSecond: 60, width: 1280, height: 720 },
    { framesPerSecond: 30, width: 1280, height: 720 },
    { framesPerSecond: 30, width: 960, height: 540 },
    { framesPerSecond: 30, width: 640, height: 360 },
  ]);
});

test('a bitrate that stays too low steps down; a dip does not', () => {
  const low = 0.9 * leastKbps(0, display);
  let state = nextRung(TOP_OF_LADDER, display, low, true, 0);
  state = nextRung(state, display, low, true, 400);
  expect(state.rung).toBe(0);
  state = nextRung(state, display, 8_000, true, 500);
  state = nextRung(state, display, low, true, 900);
  expect(nextRung(state, display, low, true, 1_400).rung).toBe(0);
  expect(nextRung(state, display, low, true, 1_600).rung).toBe(1);
});

test('up again only with room to spare and after a while', () => {
  const down = { rung: 1, changedAtMs: 0, starvedSinceMs: undefined };
  const enough = 1.4 * leastKbps(0, display);
  expect(nextRung(down, display, 1.1 * leastKbps(0, display), true, 60_000).rung).toBe(1);
  expect(nextRung(down, display, enough, true, 3_000).rung).toBe(1);
  expect(nextRung(down, display, enough, true, 4_100).rung).toBe(0);
});

test('a picture that does not use its bitrate is not made smaller', () => {
  let state = nextRung(TOP_OF_LADDER, display, 300, false, 0);
  state = nextRung(state, display, 300, false, 5_000);
  expect(state.rung).toBe(0);
});
