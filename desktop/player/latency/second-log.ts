import { distribution } from '@kilat/shared/latency/quantiles';
import { LATENCY_STAGES } from '@kilat/shared/latency/stages';
import type { Rendition } from '@kilat/shared/media/rendition';
import type { SecondOfPlay } from '../play/model.ts';
import type { ReceiveRates } from '../receive/receive-rates.ts';
import type { MatchedInput } from './matched-input.ts';

/** Loss from which a second is marked, percent. */
const MARKED_LOSS_PERCENT = 1;
/** Seconds kept: four hours. */
const MAX_SECONDS = 4 * 3_600;

/** What each second of play was like. */
export class SecondLog {
  #seconds: SecondOfPlay[] = [];
  #samples: MatchedInput[] = [];
  #events: SecondOfPlay['events'] = [];

  matched(sample: MatchedInput): void {
    this.#samples.push(sample);
  }

  reconnected(): void {
    this.#events.push('reconnected');
  }

  /** Closes the second that ends now. */
  close(nowMs: number, rates: ReceiveRates, roundTripMs: number | undefined, rendition: Rendition | undefined): void {
    if (rates.freezes > 0) this.#events.push('freeze');
    if (rates.lossPercent >= MARKED_LOSS_PERCENT) this.#events.push('loss');
    this.#seconds.push(secondOfPlay(nowMs, this.#samples, rates, { roundTripMs, rendition }, this.#events));
    if (this.#seconds.length > MAX_SECONDS) this.#seconds.shift();
    this.#samples = [];
    this.#events = [];
  }

  get seconds(): readonly SecondOfPlay[] {
    return this.#seconds;
  }

  recent(nowMs: number, lengthMs: number): readonly SecondOfPlay[] {
    const first = this.#seconds.findLastIndex(({ atMs }) => nowMs - atMs > lengthMs);
    return this.#seconds.slice(first + 1);
  }
}

/** Stages by their medians. */
export function secondOfPlay(
  atMs: number,
  samples: readonly MatchedInput[],
  rates: ReceiveRates,
  { roundTripMs, rendition }: Pick<SecondOfPlay, 'roundTripMs' | 'rendition'>,
  events: SecondOfPlay['events'],
): SecondOfPlay {
  const latency = distribution(samples.map(({ totalMs }) => totalMs));
  const stagesMs: SecondOfPlay['stagesMs'] = {};
  for (const stage of LATENCY_STAGES) {
    const median = distribution(samples.flatMap(({ stages }) => (stages ? [stages[stage]] : [])))?.p50;
    if (median !== undefined) stagesMs[stage] = median;
  }
  const { framesPerSecond, videoKbps, lossPercent } = rates;
  return {
    atMs,
    latencyP50Ms: latency?.p50,
    latencyMaxMs: latency?.max,
    stagesMs,
    framesPerSecond,
    videoKbps,
    lossPercent,
    roundTripMs,
    rendition,
    events,
  };
}
