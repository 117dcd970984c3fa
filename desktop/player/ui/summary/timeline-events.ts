import { quantile } from '@kilat/shared/latency/quantiles';
import type { SecondOfPlay } from '../../play/model.ts';

/** Something a player would have noticed, in words. `fromMs`, `toMs`: since the first second of play. */
export interface NamedEvent {
  kind: 'loss' | 'freeze' | 'reconnected' | 'reloaded' | 'slow' | 'lost';
  fromMs: number;
  toMs: number;
  sentence: string;
}

/** Loss below this is repaired unseen, percent. */
const NOTICEABLE_LOSS_PERCENT = 1;
/** A second is slow when its worst input took this many times the session's median, and at least this long. */
const SLOW_FACTOR = 2.5;
const SLOW_AT_LEAST_MS = 60;
/** Two stretches of the same thing less than this apart are one, s. */
const BRIDGE_SECONDS = 2;

/** Names the dips of a session in the order they came. `loss`: how it was lost at its end, where it was. */
export function nameTimeline(seconds: readonly SecondOfPlay[], loss?: string): NamedEvent[] {
  const startMs = seconds[0]?.atMs ?? 0;
  const slowMs = slowFrom(seconds);
  const named = [
    ...stretches(
      seconds,
      (second) => second.lossPercent >= NOTICEABLE_LOSS_PERCENT || second.events.includes('loss'),
    ).map((stretch) => {
      const percent = mean(stretch.map(({ lossPercent }) => lossPercent));
      return {
        kind: 'loss' as const,
        ...span(stretch, startMs),
        sentence: `Your network lost ${roundedPercent(percent)} % for ${lasting(stretch)}`,
      };
    }),
    ...stretches(seconds, (second) => second.events.includes('freeze')).map((stretch) => {
      const times = stretch.flatMap(({ events }) => events).filter((event) => event === 'freeze').length;
      return {
        kind: 'freeze' as const,
        ...span(stretch, startMs),
        sentence:
          times === 1
            ? 'The picture froze for a moment'
            : `The picture froze ${times} times within ${lasting(stretch)}`,
      };
    }),
    ...stretches(seconds, (second) => second.events.includes('reconnected')).map((stretch) => ({
      kind: 'reconnected' as const,
      ...span(stretch, startMs),
      sentence: 'The connection broke and came back',
    })),
    ...stretches(seconds, (second) => second.events.includes('reloaded')).map((stretch) => ({
      kind: 'reloaded' as const,
      ...span(stretch, startMs),
      sentence: 'The page was reloaded',
    })),
    ...stretches(seconds, (second) => (second.latencyMaxMs ?? 0) >= slowMs).map((stretch) => {
      const worst = Math.max(...stretch.map(({ latencyMaxMs }) => latencyMaxMs ?? 0));
      return {
        kind: 'slow' as const,
        ...span(stretch, startMs),
        sentence:
          stretch.length === 1
            ? `One input took ${worst.toFixed(0)} ms`
            : `Latency rose to ${worst.toFixed(0)} ms for ${lasting(stretch)}`,
      };
    }),
  ];
  // A slow stretch whose cause is named beside it needs no sentence of its own.
  const caused = named.filter(
    (event) => event.kind !== 'slow' || !named.some((other) => other.kind !== 'slow' && overlap(event, other)),
  );
  const lost =
    loss === undefined ? [] : [{ kind: 'lost' as const, ...span(seconds.slice(-1), startMs), sentence: loss }];
  return [...caused.sort((a, b) => a.fromMs - b.fromMs), ...lost].map((event) => ({
    ...event,
    sentence: event.sentence.replace(/(\d) (?=%|s\b|ms\b|min\b)/g, '$1\u00a0'),
  }));
}

const overlap = (a: NamedEvent, b: NamedEvent): boolean => a.fromMs < b.toMs && b.fromMs < a.toMs;

function slowFrom(seconds: readonly SecondOfPlay[]): number {
  const sorted = seconds.flatMap(({ latencyP50Ms }) => latencyP50Ms ?? []).sort((a, b) => a - b);
  return sorted.length === 0
    ? Number.POSITIVE_INFINITY
    : Math.max(SLOW_AT_LEAST_MS, SLOW_FACTOR * quantile(sorted, 0.5));
}

/** Runs of seconds that fit, small gaps bridged. Each run holds only the seconds that fit. */
function stretches(seconds: readonly SecondOfPlay[], fits: (second: SecondOfPlay) => boolean): SecondOfPlay[][] {
  const runs: SecondOfPlay[][] = [];
  for (const second of seconds) {
    if (!fits(second)) continue;
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run !== undefined && last !== undefined && second.atMs - last.atMs <= BRIDGE_SECONDS * 1000 + 500)
      run.push(second);
    else runs.push([second]);
  }
  return runs;
}

function span(stretch: readonly SecondOfPlay[], startMs: number): { fromMs: number; toMs: number } {
  const fromMs = (stretch[0]?.atMs ?? startMs) - startMs;
  return { fromMs, toMs: Math.max(fromMs, (stretch.at(-1)?.atMs ?? startMs) - startMs) + 1000 };
}

function lasting(stretch: readonly SecondOfPlay[]): string {
  const { fromMs, toMs } = span(stretch, 0);
  const seconds = Math.max(1, Math.round((toMs - fromMs) / 1000));
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const roundedPercent = (percent: number): string => (percent < 1 ? percent.toFixed(1) : percent.toFixed(0));
