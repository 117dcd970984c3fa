import { LATENCY_STAGES, type LatencyStage } from '@kilat/shared/latency/stages';
import { z } from 'zod';
import { Histogram, KeptHistogram } from '../latency/histogram.ts';
import type { InputCounts } from '../latency/latency-meter.ts';
import type { SecondOfPlay, SessionSummary } from './model.ts';

/** All that a summary is made of, of a session or of the part of it that one page saw. */
export interface RecordedPlay {
  playedMs: number;
  launchMs: SessionSummary['launchMs'];
  inputs: InputCounts;
  total: Histogram;
  stageTotals: ReadonlyMap<LatencyStage, Histogram>;
  seconds: readonly SecondOfPlay[];
}

export function summarise(play: RecordedPlay, measure: SessionSummary['measure']): SessionSummary {
  const { playedMs, launchMs, inputs, total, seconds } = play;
  const stagesMs: SessionSummary['stagesMs'] = {};
  for (const [stage, { distribution }] of play.stageTotals)
    if (distribution !== undefined) stagesMs[stage] = distribution;
  return { playedMs, measure, latencyMs: total.distribution, stagesMs, launchMs, seconds, inputs };
}

/** A session whose page was reloaded: what the page before saw, and what this one did. It was launched once. */
export function joinPlay(earlier: RecordedPlay, later: RecordedPlay): RecordedPlay {
  const [first, ...rest] = later.seconds;
  const reloaded: SecondOfPlay[] =
    first === undefined || earlier.seconds.length === 0 ? [] : [{ ...first, events: ['reloaded', ...first.events] }];
  return {
    playedMs: earlier.playedMs + later.playedMs,
    launchMs: earlier.launchMs['first-frame'] === undefined ? later.launchMs : earlier.launchMs,
    inputs: {
      sent: earlier.inputs.sent + later.inputs.sent,
      matched: earlier.inputs.matched + later.inputs.matched,
      unmatched: earlier.inputs.unmatched + later.inputs.unmatched,
    },
    total: sum(earlier.total, later.total),
    stageTotals: new Map(
      LATENCY_STAGES.map((stage) => [stage, sum(earlier.stageTotals.get(stage), later.stageTotals.get(stage))]),
    ),
    seconds:
      reloaded.length === 0 ? [...earlier.seconds, ...later.seconds] : [...earlier.seconds, ...reloaded, ...rest],
  };
}

function sum(...histograms: (Histogram | undefined)[]): Histogram {
  const whole = new Histogram();
  for (const histogram of histograms) if (histogram !== undefined) whole.addAll(histogram);
  return whole;
}

const maybe = z.number().nullable();
/** Wall-clock ms, latency median and maximum, frames per second, kb/s, loss percent, round trip, events. */
const KeptSecond = z.tuple([
  z.number(),
  maybe,
  maybe,
  z.number(),
  z.number(),
  z.number(),
  maybe,
  z.array(z.enum(['freeze', 'reconnected', 'reloaded', 'loss'])),
]);
const KeptPlay = z.object({
  playedMs: z.number().nonnegative(),
  launchMs: z.record(z.string(), z.number()),
  inputs: z.object({ sent: z.number(), matched: z.number(), unmatched: z.number() }),
  total: KeptHistogram.optional(),
  stages: z.partialRecord(z.enum(LATENCY_STAGES), KeptHistogram),
  seconds: z.array(KeptSecond),
});

const rounded = (value: number): number => Math.round(value * 10) / 10;
const orNull = (value: number | undefined): number | null => (value === undefined ? null : rounded(value));

/** As text for the next page of the same tab, whose clock starts anew: `timeOriginMs` is this page's. Seconds lose their stages. */
export function keepPlay(play: RecordedPlay, timeOriginMs: number): string {
  const kept: z.infer<typeof KeptPlay> = {
    playedMs: play.playedMs,
    launchMs: play.launchMs as Record<string, number>,
    inputs: play.inputs,
    total: play.total.kept,
    stages: Object.fromEntries([...play.stageTotals].flatMap(([stage, { kept }]) => (kept ? [[stage, kept]] : []))),
    seconds: play.seconds.map((second) => [
      Math.round(second.atMs + timeOriginMs),
      orNull(second.latencyP50Ms),
      orNull(second.latencyMaxMs),
      rounded(second.framesPerSecond),
      Math.round(second.videoKbps),
      rounded(second.lossPercent),
      orNull(second.roundTripMs),
      second.events,
    ]),
  };
  return JSON.stringify(kept);
}

/** What an earlier page kept, on this page's clock; undefined when it cannot be read. */
export function readKeptPlay(text: string, timeOriginMs: number): RecordedPlay | undefined {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return undefined;
  }
  const kept = KeptPlay.safeParse(raw).data;
  if (kept === undefined) return undefined;
  return {
    playedMs: kept.playedMs,
    launchMs: kept.launchMs,
    inputs: kept.inputs,
    total: Histogram.from(kept.total),
    stageTotals: new Map(LATENCY_STAGES.map((stage) => [stage, Histogram.from(kept.stages[stage])])),
    seconds: kept.seconds.map(([atMs, p50, max, framesPerSecond, videoKbps, lossPercent, roundTripMs, events]) => ({
      atMs: atMs - timeOriginMs,
      latencyP50Ms: p50 ?? undefined,
      latencyMaxMs: max ?? undefined,
      stagesMs: {},
      framesPerSecond,
      videoKbps,
      lossPercent,
      roundTripMs: roundTripMs ?? undefined,
      rendition: undefined,
      events,
    })),
  };
}
