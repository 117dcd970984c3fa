import { QualityRecord } from '@kilat/shared/latency/quality';
import { LATENCY_STAGES } from '@kilat/shared/latency/stages';
import { expect, test } from 'vitest';
import { readReceiveTotals } from '../receive/receive-totals.ts';
import type { MatchedInput } from './matched-input.ts';
import { type QualityReading, QualityWindows } from './quality-window.ts';

const reading = (sent: number, framesDecoded: number, atMs: number): QualityReading => ({
  counts: { sent, matched: sent - 1, unmatched: 1 },
  totals: readReceiveTotals(
    [{ type: 'inbound-rtp', kind: 'video', ssrc: 7, framesDecoded, packetsReceived: framesDecoded }],
    atMs,
  ),
  clockUncertaintyMs: 0.4,
  roundTripMs: undefined,
});
const sample = (totalMs: number): MatchedInput => ({
  seq: 1,
  inputAtMs: 0,
  shownMs: totalMs,
  totalMs,
  expectedTotalMs: totalMs,
  stages: Object.fromEntries(
    LATENCY_STAGES.map((stage) => [stage, totalMs / LATENCY_STAGES.length]),
  ) as MatchedInput['stages'],
});

test('each window tells only of itself and parses at the Indexer’s door', () => {
  const windows = new QualityWindows('next-frame', 4, 1_000, 1_700_000_000_000.5, reading(5, 100, 1_000));
  for (const totalMs of [10, 20, 30]) windows.matched(sample(totalMs));
  expect(windows.due(10_999)).toBe(false);
  expect(windows.due(11_000)).toBe(true);
  const first = QualityRecord.parse(windows.close(11_000, 1_700_000_010_000, reading(8, 700, 11_000)));
  expect(first).toMatchObject({
    window: 4,
    durationMs: 10_000,
    framesPerSecond: 60,
    inputs: { sent: 3, matched: 3, unmatched: 0 },
    roundTripMs: null,
  });
  expect(first.latencyMs).toMatchObject({ n: 3, p50: 20, max: 30 });
  expect(first.stagesMs.decode?.n).toBe(3);
  const second = QualityRecord.parse(windows.close(13_000, 1_700_000_012_000, reading(8, 700, 13_000)));
  expect(second).toMatchObject({
    window: 5,
    startedAtMs: 1_700_000_010_000,
    durationMs: 2_000,
    latencyMs: null,
    stagesMs: {},
    framesPerSecond: 0,
    decodeMs: null,
  });
  expect(windows.nextWindow).toBe(6);
});
