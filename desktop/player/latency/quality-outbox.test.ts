import type { QualityRecord } from '@kilat/shared/latency/quality';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
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

/** An outbox whose Indexer answers so, in turn, and then stores everything. */
function outboxTo(...deliveries: Delivery[]) {
  const sent: number[][] = [];
  const outbox = new QualityOutbox(
    async (records) => {
      sent.push(records.map(({ window }) => window));
      return deliveries.shift() ?? { is: 'stored' };
    },
    () => 0.5,
  );
  return { outbox, sent };
}

describe('QualityOutbox', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('keeps records in order until they are stored, and sends what has gathered together', async () => {
    const { outbox, sent } = outboxTo({ is: 'unknown' });
    for (const window of [0, 1, 2]) outbox.add(record(window));
    await vi.advanceTimersByTimeAsync(0);
    expect(outbox.waiting.map(({ window }) => window)).toEqual([0, 1, 2]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent).toEqual([[0], [0, 1, 2]]);
    expect(outbox.waiting).toEqual([]);
  });

  test('an hour without the Indexer is made good in messages that are not too large', async () => {
    const { outbox, sent } = outboxTo({ is: 'unknown' });
    for (let window = 0; window < 120; window++) outbox.add(record(window));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent.slice(1).map(({ length }) => length)).toEqual([25, 25, 25, 25, 20]);
    expect(sent.slice(1).flat()).toEqual(Array.from({ length: 120 }, (_, window) => window));
  });

  test('an Indexer that is busy is asked less and less often, and as late as it wishes', async () => {
    const { outbox, sent } = outboxTo(
      { is: 'unknown' },
      { is: 'unknown' },
      { is: 'unknown', retryAfterMs: 9_000 },
      { is: 'unknown' },
    );
    outbox.add(record(0));
    const tries: number[] = [];
    for (let second = 0; second <= 25; second++) {
      await vi.advanceTimersByTimeAsync(second === 0 ? 0 : 1_000);
      if (sent.length > tries.length) tries.push(second);
    }
    expect(tries).toEqual([0, 1, 3, 12, 20]);
    expect(outbox.waiting).toEqual([]);
  });

  test('a record that will never be taken does not take the others with it', async () => {
    const { outbox, sent } = outboxTo(
      { is: 'unknown' },
      { is: 'malformed' },
      { is: 'stored' },
      { is: 'malformed' },
      { is: 'stored' },
    );
    for (const window of [0, 1, 2]) outbox.add(record(window));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent).toEqual([[0], [0, 1, 2], [0], [1], [2]]);
    expect(outbox.waiting).toEqual([]);
  });

  test('a session that is not this page’s is not reported on again', async () => {
    const { outbox, sent } = outboxTo({ is: 'unknown' }, { is: 'foreign' });
    for (const window of [0, 1]) outbox.add(record(window));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toHaveLength(2);
    expect(outbox.waiting).toEqual([]);
  });

  test('a failed call counts as unknown, and one flush runs at a time', async () => {
    let running = 0;
    const outbox = new QualityOutbox(async () => {
      expect(++running).toBe(1);
      await Promise.resolve();
      running--;
      throw new Error('no reply');
    });
    outbox.close();
    outbox.add(record(0));
    await Promise.all([outbox.flush(), outbox.flush()]);
    await vi.advanceTimersByTimeAsync(0);
    expect(outbox.waiting).toHaveLength(1);
  });
});
