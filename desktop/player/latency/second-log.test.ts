import { expect, test } from 'vitest';
import { receiveRates } from '../receive/receive-rates.ts';
import { NOTHING_RECEIVED, readReceiveTotals } from '../receive/receive-totals.ts';
import type { MatchedInput } from './matched-input.ts';
import { SecondLog } from './second-log.ts';

const rates = (fields: object) =>
  receiveRates(
    NOTHING_RECEIVED,
    readReceiveTotals([{ type: 'inbound-rtp', kind: 'video', ssrc: 7, ...fields }], 1_000),
  );
const sample = (totalMs: number): MatchedInput => ({
  seq: 1,
  inputAtMs: 0,
  shownMs: totalMs,
  totalMs,
  expectedTotalMs: totalMs,
  stages: undefined,
});

test('each second holds its own inputs and what happened in it, in order', () => {
  const log = new SecondLog();
  log.matched(sample(10));
  log.matched(sample(30));
  log.reconnected();
  log.close(1_000, rates({ framesDecoded: 60, freezeCount: 1, packetsReceived: 98, packetsLost: 2 }), 4, undefined);
  log.close(2_000, rates({ framesDecoded: 30, packetsReceived: 1_000, packetsLost: 5 }), undefined, undefined);
  expect(log.seconds).toMatchObject([
    {
      atMs: 1_000,
      latencyP50Ms: 20,
      latencyMaxMs: 30,
      framesPerSecond: 60,
      roundTripMs: 4,
      events: ['reconnected', 'freeze', 'loss'],
    },
    { atMs: 2_000, latencyP50Ms: undefined, framesPerSecond: 30, events: [] },
  ]);
});

test('gives the seconds of the last while', () => {
  const log = new SecondLog();
  for (let second = 1; second <= 40; second++) log.close(second * 1_000, rates({}), undefined, undefined);
  expect(log.recent(40_000, 30_000).map(({ atMs }) => atMs)).toEqual(
    Array.from({ length: 31 }, (_, index) => (index + 10) * 1_000),
  );
  expect(log.recent(80_000, 30_000)).toEqual([]);
});
