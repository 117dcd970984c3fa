import { launchBrowser } from '@kilat/e2e/browser';
import type { LinkStep } from '@kilat/shared/network/profile';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { measureNetwork } from './measure-network.ts';
import type { NetworkRecord } from './network-record.ts';
import type { MeasuredPath } from './profiles.ts';

// A short, seeded sample of what `npm run bench -- network` measures: a real browser, the real edge, the relay between
// them. What is asserted holds on a busy machine too; speed is the bench's business.

const path = (name: string, seconds: number, steps: LinkStep[]): MeasuredPath => ({
  profile: {
    name,
    about: '',
    seed: 7,
    down: { steps },
    up: { steps: [{ fromMs: 0, delayMs: 20, ...(steps[0]?.loss === undefined ? {} : { loss: steps[0].loss }) }] },
  },
  seconds,
});
/** Easier on the processor than the busy one. */
const TITLE = 'latency-probe-moving';
const NARROW_AT_MS = 12_000;
const narrowed: MeasuredPath = {
  ...path('narrowed', 24, [
    { fromMs: 0, delayMs: 20, kbps: 8_000, queueMs: 100 },
    { fromMs: NARROW_AT_MS, delayMs: 20, kbps: 700, queueMs: 300 },
  ]),
  changeAtMs: NARROW_AT_MS,
};
const lossy = path('lossy', 8, [{ fromMs: 0, delayMs: 20, kbps: 20_000, loss: { kind: 'random', percent: 1 } }]);
const bursty = path('bursty', 8, [
  { fromMs: 0, delayMs: 20, kbps: 4_000, queueMs: 100, loss: { kind: 'bursts', percent: 5, meanBurstPackets: 8 } },
]);

let browser: Browser;
const records = new Map<string, NetworkRecord>();

beforeAll(async () => {
  browser = await launchBrowser();
  const signal = AbortSignal.timeout(170_000);
  await measureNetwork(
    browser,
    [lossy, bursty, narrowed],
    (record) => records.set(record.profile, record),
    signal,
    TITLE,
  );
}, 180_000);
afterAll(() => browser?.close());

const record = (name: string): NetworkRecord => {
  const found = records.get(name);
  if (found === undefined) throw new Error(`${name} was not measured`);
  return found;
};

test.each(['lossy', 'bursty'])(
  '%s: packets are lost, the picture goes on, and the edge tells at what it encodes',
  (name) => {
    const { frames, untilMs, relay, renditions } = record(name);
    expect(relay.downCounters.lost).toBeGreaterThan(0);
    expect(frames.length).toBeGreaterThan(20);
    expect(Math.max(...frames.map(({ atMs }) => atMs))).toBeGreaterThan(untilMs - 2_000);
    expect(renditions.at(-1)).toMatchObject({ height: expect.any(Number), bitrateKbps: expect.any(Number) });
  },
);

test('a link that becomes narrow is sent no more than it takes: its queue empties, the picture goes on', () => {
  const { relay, frames, untilMs } = record('narrowed');
  const settled = relay.down.filter(({ atMs }) => atMs > NARROW_AT_MS + 6_000);
  const quietShare = settled.filter(({ queueMs }) => queueMs < 150).length / settled.length;
  expect(quietShare).toBeGreaterThan(0.8);
  expect(Math.max(...frames.map(({ atMs }) => atMs))).toBeGreaterThan(untilMs - 2_000);
});
