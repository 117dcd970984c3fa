import { expect, test } from 'vitest';
import { ImpairedLink } from './impaired-link.ts';
import type { LinkStep } from './profile.ts';

const HEADERS = 28;
const link = (step: Omit<LinkStep, 'fromMs'>, seed = 1) =>
  new ImpairedLink<number>({ steps: [{ fromMs: 0, ...step }] }, seed, 0);

test('a packet takes its time over the bottleneck and then the delay', () => {
  const slow = link({ kbps: 1_000, delayMs: 20 });
  // 1,250 bytes are 10 ms at 1 Mb/s.
  slow.push(1, 1_250 - HEADERS, 0);
  slow.push(2, 1_250 - HEADERS, 0);
  expect(slow.queueMs(0)).toBeCloseTo(20);
  expect(slow.queueMs(5)).toBeCloseTo(15);
  expect(slow.due(29)).toEqual([]);
  expect(slow.due(30)).toEqual([1]);
  expect(slow.nextMs(30)).toBeCloseTo(40);
  expect(slow.due(40)).toEqual([2]);
  expect(slow.nextMs(40)).toBeUndefined();
});

test('a full queue drops what comes, and holds no more than it may', () => {
  const short = link({ kbps: 1_000, queueMs: 100 });
  for (let packet = 0; packet < 20; packet++) short.push(packet, 1_250 - HEADERS, 0);
  expect(short.queueMs(0)).toBeCloseTo(100);
  expect(short.counters.overflowed).toBe(10);
});

test('a rate that changes serves what is queued at the new rate', () => {
  const halved = new ImpairedLink<number>(
    {
      steps: [
        { fromMs: 0, kbps: 2_000 },
        { fromMs: 5, kbps: 1_000 },
        { fromMs: 100, kbps: 0 },
        { fromMs: 200, kbps: 1_000 },
      ],
    },
    1,
    0,
  );
  // 20,000 bits: half at 2 Mb/s in 5 ms, half at 1 Mb/s in 10 ms.
  halved.push(1, 2_500 - HEADERS, 0);
  expect(halved.due(14.9)).toEqual([]);
  expect(halved.due(15)).toEqual([1]);
  halved.push(2, 1_250 - HEADERS, 95);
  expect(halved.due(204.9)).toEqual([]);
  expect(halved.due(205)).toEqual([2]);
});

test('random loss and bursts lose their share, the same with the same seed', () => {
  const outcome = (step: Omit<LinkStep, 'fromMs'>, seed: number) => {
    const lossy = link(step, seed);
    const arrived: number[] = [];
    for (let packet = 0; packet < 50_000; packet++) {
      lossy.push(packet, 100, packet);
      arrived.push(...lossy.due(packet));
    }
    return arrived;
  };
  const random = outcome({ loss: { kind: 'random', percent: 1 } }, 7);
  expect(1 - random.length / 50_000).toBeCloseTo(0.01, 2);
  expect(outcome({ loss: { kind: 'random', percent: 1 } }, 7)).toEqual(random);
  expect(outcome({ loss: { kind: 'random', percent: 1 } }, 8)).not.toEqual(random);

  const bursts = outcome({ loss: { kind: 'bursts', percent: 5, meanBurstPackets: 8 } }, 7);
  expect(1 - bursts.length / 50_000).toBeGreaterThan(0.04);
  expect(1 - bursts.length / 50_000).toBeLessThan(0.06);
  const gaps = bursts.flatMap((packet, place) => {
    const missing = packet - (bursts[place - 1] ?? -1) - 1;
    return missing > 0 ? [missing] : [];
  });
  const meanGap = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  expect(meanGap).toBeGreaterThan(7);
  expect(meanGap).toBeLessThan(9);
});

test('jitter delays but does not reorder, and a trace begins again', () => {
  const jittery = new ImpairedLink<number>(
    {
      steps: [
        { fromMs: 0, delayMs: 10, jitterMs: 30 },
        { fromMs: 100, delayMs: 50, jitterMs: 30 },
      ],
      repeatMs: 200,
    },
    3,
    1_000,
  );
  for (let packet = 0; packet < 400; packet++) jittery.push(packet, 100, 1_000 + packet);
  const arrived = jittery.due(10_000);
  expect(arrived).toEqual(Array.from({ length: 400 }, (_, packet) => packet));
});

test('a packet on both sides of a step is sent, whatever the clock began at', () => {
  // 131,072 is where a double's last digit doubles: what is added to less of it is rounded.
  for (let place = 0; place < 200; place++) {
    const startMs = 131_000 + place * 0.37;
    const traced = new ImpairedLink<number>(
      {
        repeatMs: 1_000,
        steps: [
          { fromMs: 0, kbps: 100 },
          { fromMs: 500, kbps: 200 },
        ],
      },
      1,
      startMs,
    );
    // 20,000 bits begun 50 ms before the step's end: 5,000 by then, the rest in 75 ms.
    traced.push(1, 2_500 - HEADERS, startMs + 450);
    expect(traced.nextMs(startMs + 450)).toBeCloseTo(startMs + 575);
    expect(traced.due(startMs + 576)).toEqual([1]);
  }
});
