import { type Distribution, distribution, quantile } from '@kilat/shared/latency/quantiles';
import { LATENCY_STAGES, type LatencyStage } from '@kilat/shared/latency/stages';
import type { NetworkRecord } from './network-record.ts';

/** A picture that stands still for longer than this froze, ms. */
const FREEZE_MS = 200;
/** Delay above the base that a queue may cause, ms. */
const BACK_WITHIN_MS = 30;
/** Consecutive frames that say that the delay is back. */
const BACK_FRAMES = 6;
/** After a change the link's use is judged from here on, ms. */
const SETTLED_MS = 5_000;

/** One row of the report: what a path did to a session. Times in ms. */
export interface NetworkFigures {
  profile: string;
  seconds: number;
  freezes: number;
  longestGapMs: number;
  shownFps: number;
  /** Captured → shown, above the least (or, after a change, above the median before it). */
  delayP50Ms: number | undefined;
  delayP95Ms: number | undefined;
  photonP50Ms: number | undefined;
  photonP95Ms: number | undefined;
  unshownPresses: number;
  /** Of the presses that the edge reported on. */
  stages: { stage: LatencyStage; ms: Distribution }[];
  /** Delivered by the bottleneck, with all headers. */
  meanKbps: number;
  queueP50Ms: number;
  queueP95Ms: number;
  lostPercent: number;
  overflowed: number;
  leastHeight: number;
  change: ChangeFigures | undefined;
}

/** How a session took a capacity that fell at once. */
export interface ChangeFigures {
  /** From the change until the delay was back under base + 30 ms, ms; undefined: not within the record. */
  backAfterMs: number | undefined;
  worstDelayMs: number;
  /** From five seconds after the change on. */
  meanKbps: number;
}

export function networkFigures(record: NetworkRecord): NetworkFigures {
  const { fromMs, untilMs, relay, changeAtMs } = record;
  const within = <T extends { atMs: number }>(items: readonly T[], begin = fromMs) =>
    items.filter(({ atMs }) => atMs >= begin && atMs <= untilMs);
  const frames = within(record.frames);
  const gaps = frames.slice(1).map(({ atMs }, place) => atMs - (frames[place]?.atMs ?? atMs));
  const delays = frames.map(({ delayMs }) => delayMs);
  const baseMs = changeAtMs === null ? leastOf(delays) : medianOf(frames.filter(({ atMs }) => atMs < changeAtMs));
  const delay = distribution(delays.map((delayMs) => delayMs - baseMs));
  const photons = distribution(record.presses.flatMap(({ totalMs }) => totalMs ?? []));
  const samples = within(relay.down);
  const queue = distribution(samples.map(({ queueMs }) => queueMs));
  const { delivered, lost, overflowed } = relay.downCounters;
  const renditions = within(record.renditions);
  return {
    profile: record.profile,
    seconds: (untilMs - fromMs) / 1000,
    freezes: gaps.filter((gap) => gap > FREEZE_MS).length,
    longestGapMs: Math.max(0, ...gaps),
    shownFps: (frames.length * 1000) / (untilMs - fromMs),
    delayP50Ms: delay?.p50,
    delayP95Ms: delay?.p95,
    photonP50Ms: photons?.p50,
    photonP95Ms: photons?.p95,
    unshownPresses: record.presses.filter(({ totalMs }) => totalMs === null).length,
    stages: LATENCY_STAGES.flatMap((stage) => {
      const ms = distribution(record.presses.flatMap(({ stagesMs }) => stagesMs?.[stage] ?? []));
      return ms === undefined ? [] : [{ stage, ms }];
    }),
    meanKbps: meanKbps(samples),
    queueP50Ms: queue?.p50 ?? 0,
    queueP95Ms: queue?.p95 ?? 0,
    lostPercent: (100 * lost) / Math.max(1, lost + delivered),
    overflowed,
    leastHeight: Math.min(...renditions.map(({ height }) => height)),
    change:
      changeAtMs === null
        ? undefined
        : {
            backAfterMs: backAfterMs(frames, changeAtMs, baseMs),
            worstDelayMs: Math.max(
              0,
              ...frames.filter(({ atMs }) => atMs >= changeAtMs).map(({ delayMs }) => delayMs - baseMs),
            ),
            meanKbps: meanKbps(within(relay.down, changeAtMs + SETTLED_MS)),
          },
  };
}

/** From the change to the first of the frames that are all back under the base and 30 ms. */
function backAfterMs(
  frames: readonly { atMs: number; delayMs: number }[],
  changeAtMs: number,
  baseMs: number,
): number | undefined {
  const after = frames.filter(({ atMs }) => atMs >= changeAtMs);
  const above = ({ delayMs }: { delayMs: number }) => delayMs - baseMs > BACK_WITHIN_MS;
  const firstAbove = after.findIndex(above);
  if (firstAbove < 0) return 0;
  const back = after.findIndex(
    (_, place) => place > firstAbove && !after.slice(place, place + BACK_FRAMES).some(above),
  );
  return after[back] === undefined ? undefined : after[back].atMs - changeAtMs;
}

function meanKbps(samples: readonly { atMs: number; bytes: number }[]): number {
  const [first, last] = [samples[0], samples.at(-1)];
  return first === undefined || last === undefined || last.atMs === first.atMs
    ? 0
    : ((last.bytes - first.bytes) * 8) / (last.atMs - first.atMs);
}

const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
const leastOf = (values: readonly number[]) => quantile(sorted(values), 0.01);
const medianOf = (frames: readonly { delayMs: number }[]) =>
  quantile(sorted(frames.map(({ delayMs }) => delayMs)), 0.5);
