import { type Distribution, distribution } from '@kilat/shared/latency/quantiles';
import { LATENCY_STAGES, type LatencyStage } from '@kilat/shared/latency/stages';
import type { MatchedInput } from './matched-input.ts';

/** Matches within a span of time, and their distributions. */
export interface SampleSummary {
  latencyMs: Distribution | undefined;
  stagesMs: Partial<Record<LatencyStage, Distribution>>;
}

/** Most samples kept, so that a fast mouse does not make the distributions slow: at 125 motions a second all of 30 s fit. */
const MAX_SAMPLES = 4_096;
/** A summary may be this old, ms. */
const FRESH_MS = 250;

/** The matches of the last while. Times on `performance.now()`, ms. */
export class SampleWindow {
  readonly #lengthMs: number;
  #samples: MatchedInput[] = [];
  #summary: { atMs: number; summary: SampleSummary } | undefined;

  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs;
  }

  add(sample: MatchedInput): void {
    this.#samples.push(sample);
    if (this.#samples.length > 2 * MAX_SAMPLES) this.#samples = this.#samples.slice(-MAX_SAMPLES);
  }

  recent(nowMs: number): readonly MatchedInput[] {
    this.#samples = this.#samples.filter(({ shownMs }) => nowMs - shownMs <= this.#lengthMs).slice(-MAX_SAMPLES);
    return this.#samples;
  }

  summary(nowMs: number): SampleSummary {
    if (this.#summary === undefined || nowMs - this.#summary.atMs >= FRESH_MS) {
      this.#summary = { atMs: nowMs, summary: summarise(this.recent(nowMs)) };
    }
    return this.#summary.summary;
  }
}

export function summarise(samples: readonly MatchedInput[]): SampleSummary {
  const stagesMs: SampleSummary['stagesMs'] = {};
  for (const stage of LATENCY_STAGES) {
    const times = distribution(samples.flatMap(({ stages }) => (stages ? [stages[stage]] : [])));
    if (times !== undefined) stagesMs[stage] = times;
  }
  return { latencyMs: distribution(samples.map(({ totalMs }) => totalMs)), stagesMs };
}
