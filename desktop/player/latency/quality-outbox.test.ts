import type { QualityRecord } from '@kilat/shared/latency/quality';
import { expect, test } from 'vitest';
import { type Delivery, QualityOutbox } from './quality-outbox.ts';

const record = (window: number): QualityRecord => ({
  window,
  startedAtMs: 0,
  durationMs: 10_000,
  measure: 'next-frame',
  inputs: { sent: 0, matched: 0, unmatched: 0 },
  latencyMs: null,
  stagesMs: {},
  clockUncertaintyMs: null,
  roundTripMs: null,
  framesPerSecond: 0,
  videoKbps: 0,
  packetsLostPercent: 0,
  jitterBufferMs: null,
  decodeMs: null,
  audioJitterBufferMs: null,
  freezes: 0,
  framesDropped: 0,
});

test('keeps records in order until each is stored', async () => {
  const sent: number[] = [];
  const deliveries: Delivery[] = ['unknown', 'stored', 'refused', 'stored'];
  const outbox = new QualityOutbox(async ({ window }) => {
    sent.push(window);
    return deliveries.shift() ?? 'stored';
  });
  outbox.close();
  outbox.add(record(0));
  outbox.add(record(1));
  outbox.add(record(2));
  await outbox.flush();
  await new Promise((resolve) => setImmediate(resolve));
  expect(outbox.waiting.map(({ window }) => window)).toEqual([0, 1, 2]);
  await outbox.flush();
  expect(sent).toEqual([0, 0, 1, 2]);
  expect(outbox.waiting).toEqual([]);
});

test('a failed call counts as unknown, and one flush runs at a time', async () => {
  let running = 0;
  const outbox = new QualityOutbox(async () => {
    expect(++running).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    throw new Error('no reply');
  });
  outbox.close();
  outbox.add(record(0));
  await Promise.all([outbox.flush(), outbox.flush()]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(outbox.waiting).toHaveLength(1);
});
