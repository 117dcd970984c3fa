import { LATENCY_STAGES } from '@kilat/shared/latency/stages';
import { expect, test } from 'vitest';
import { Histogram } from '../latency/histogram.ts';
import type { SecondOfPlay } from './model.ts';
import { joinPlay, keepPlay, type RecordedPlay, readKeptPlay, summarise } from './recorded-play.ts';

const second = (atMs: number, events: SecondOfPlay['events'] = []): SecondOfPlay => ({
  atMs,
  latencyP50Ms: 20.04,
  latencyMaxMs: undefined,
  stagesMs: {},
  framesPerSecond: 60,
  videoKbps: 6_000,
  lossPercent: 0,
  roundTripMs: 11,
  rendition: undefined,
  events,
});

function played(times: number[], rest: Partial<RecordedPlay> = {}): RecordedPlay {
  const total = new Histogram();
  for (const time of times) total.add(time);
  return {
    playedMs: 2_000,
    launchMs: { asking: 5, 'first-frame': 400 },
    inputs: { sent: 3, matched: 2, unmatched: 1 },
    total,
    stageTotals: new Map(LATENCY_STAGES.map((stage) => [stage, stage === 'encode' ? total : new Histogram()])),
    seconds: [second(1_000), second(2_000)],
    ...rest,
  };
}

/** As the next page of the tab reads it, whose clock began a minute later. */
const acrossAReload = (play: RecordedPlay): RecordedPlay => {
  const read = readKeptPlay(keepPlay(play, 1_700_000_000_000), 1_700_000_060_000);
  if (read === undefined) throw new Error('not readable');
  return read;
};

test('the summary after a reload is of the whole session', () => {
  const earlier = acrossAReload(played([10, 10, 30]));
  const later = played([50], { launchMs: { asking: 2, 'first-frame': 90 }, seconds: [second(700, ['loss'])] });
  const summary = summarise(joinPlay(earlier, later), 'next-frame');
  expect(summary).toMatchObject({
    playedMs: 4_000,
    launchMs: { 'first-frame': 400 },
    inputs: { sent: 6, matched: 4, unmatched: 2 },
    latencyMs: { n: 4, max: 50 },
    stagesMs: { encode: { n: 4 } },
  });
  expect(summary.seconds.map(({ atMs, events }) => [atMs, events])).toEqual([
    [-59_000, []],
    [-58_000, []],
    [700, ['reloaded', 'loss']],
  ]);
});

test('a second that was kept is the same but for its stages', () => {
  expect(acrossAReload(played([10])).seconds[0]).toEqual({ ...second(-59_000), latencyP50Ms: 20 });
});

test('a page that was reloaded before its first picture leaves the launch to the next', () => {
  const earlier = acrossAReload(played([], { launchMs: { asking: 5 }, seconds: [], playedMs: 0 }));
  const later = played([10], { launchMs: { 'first-frame': 90 } });
  const joined = joinPlay(earlier, later);
  expect(joined.launchMs).toEqual({ 'first-frame': 90 });
  expect(joined.seconds.flatMap(({ events }) => events)).toEqual([]);
});

test('what cannot be read is nothing', () => {
  for (const text of ['', '{}', '{"playedMs":"long"}', 'null']) expect(readKeptPlay(text, 0)).toBeUndefined();
});
