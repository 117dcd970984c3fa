import { LATENCY_STAGES, type LatencyStage } from '@kilat/shared/latency/stages';
import { expect, test } from 'vitest';
import { networkFigures } from './network-figures.ts';
import type { NetworkRecord } from './network-record.ts';
import { networkTable, reached } from './network-table.ts';

const counters = { delivered: 990, deliveredBytes: 0, lost: 10, overflowed: 3 };
/** Encoding takes half of an input's time. */
const stagesOf = (totalMs: number) => {
  const stages = Object.fromEntries(LATENCY_STAGES.map((stage) => [stage, totalMs / 16]));
  return { ...stages, encode: totalMs / 2 } as Record<LatencyStage, number>;
};
/** Frames every 16 ms, their delay by the time they are shown at. */
function record(delayAt: (atMs: number) => number, more: Partial<NetworkRecord> = {}): NetworkRecord {
  const times = Array.from({ length: 1_000 }, (_, index) => index * 16);
  return {
    profile: 'halved',
    about: '',
    changeAtMs: 8_000,
    fromMs: 4_000,
    untilMs: 15_984,
    frames: times.map((atMs) => ({ atMs, delayMs: delayAt(atMs), width: 1280 })),
    presses: [40, 50, 60, null].map((totalMs) => ({ totalMs, stagesMs: totalMs === null ? null : stagesOf(totalMs) })),
    nextFrameMs: null,
    renditions: [{ atMs: 9_000, bitrateKbps: 3_700, framesPerSecond: 60, height: 720 }],
    // 3.6 Mb/s are 450 bytes a millisecond.
    relay: {
      startedAtEpochMs: 0,
      down: times.map((atMs) => ({ atMs, queueMs: 5, bytes: 450 * atMs })),
      downCounters: counters,
      upCounters: counters,
    },
    plis: 0,
    keyFrames: 1,
    ...more,
  };
}

test('a fall in capacity: the delay counts from the median before it, until it is back for good', () => {
  const figures = networkFigures(
    record((atMs) => (atMs < 8_000 ? 20 : atMs < 8_300 ? 90 : atMs < 8_320 ? 40 : atMs < 8_500 ? 70 : 25)),
  );
  expect(figures.change).toMatchObject({ worstDelayMs: 70 });
  expect(figures.change?.backAfterMs).toBeCloseTo(512, -1);
  expect(figures.change?.meanKbps).toBeCloseTo(3_600, 0);
  expect(figures.shownFps).toBeCloseTo(62.5, 0);
  expect(figures).toMatchObject({ freezes: 0, unshownPresses: 1, photonP50Ms: 50, leastHeight: 720, lostPercent: 1 });
  expect(reached([figures]).every((line) => line.startsWith('reached'))).toBe(true);
});

test('a delay that does not come back and a picture that stands still are said', () => {
  const stuck = record((atMs) => (atMs < 8_000 ? 20 : 90));
  const frames = stuck.frames.filter(({ atMs }) => atMs < 10_000 || atMs > 10_250);
  const figures = networkFigures({ ...stuck, frames });
  expect(figures.freezes).toBe(1);
  expect(figures.longestGapMs).toBeGreaterThan(250);
  expect(figures.change?.backAfterMs).toBeUndefined();
  const table = networkTable([{ ...stuck, frames }]);
  expect(table).toContain('NOT reached  8 → 4 Mb/s: 1 freezes');
  expect(table).toContain('NOT reached  8 → 4 Mb/s: frame delay');
  expect(table).toMatch(/halved .* 25\.0 \/ 29\.5 .* 3$/m);
});

test('a constant path is judged by its least delay', () => {
  const figures = networkFigures(record((atMs) => -7 + (atMs % 160 === 0 ? 30 : 3), { changeAtMs: null }));
  expect(figures.delayP50Ms).toBeCloseTo(0);
  expect(figures.delayP95Ms).toBeCloseTo(27);
});
