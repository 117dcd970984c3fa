import type { QualityRecord } from '@kilat/shared/latency/quality';
import { receiveRates } from '../receive/receive-rates.ts';
import type { ReceiveTotals } from '../receive/receive-totals.ts';
import type { InputCounts } from './latency-meter.ts';
import type { MatchedInput } from './matched-input.ts';
import { summarise } from './sample-window.ts';

/** Length of a full window, ms. */
export const QUALITY_WINDOW_MS = 10_000;

/** What a window is reckoned from, at its start and again at its end. */
export interface QualityReading {
  counts: InputCounts;
  totals: ReceiveTotals;
  clockUncertaintyMs: number | undefined;
  roundTripMs: number | undefined;
}

/** Gathers one window of a session's quality at a time. */
export class QualityWindows {
  readonly #measure: QualityRecord['measure'];
  #window: number;
  #samples: MatchedInput[] = [];
  #start: { atMs: number; epochMs: number; reading: QualityReading };

  /** `window`: number of the first record. `nowMs` is on `performance.now()`, `epochMs` wall-clock. */
  constructor(
    measure: QualityRecord['measure'],
    window: number,
    nowMs: number,
    epochMs: number,
    reading: QualityReading,
  ) {
    this.#measure = measure;
    this.#window = window;
    this.#start = { atMs: nowMs, epochMs, reading };
  }

  get nextWindow(): number {
    return this.#window;
  }

  matched(sample: MatchedInput): void {
    this.#samples.push(sample);
  }

  /** Whether the window is full. */
  due(nowMs: number): boolean {
    return nowMs - this.#start.atMs >= QUALITY_WINDOW_MS;
  }

  /** The record of the window that ends now; the next one begins. */
  close(nowMs: number, epochMs: number, reading: QualityReading): QualityRecord {
    const { atMs, epochMs: startedAtMs, reading: before } = this.#start;
    const { latencyMs, stagesMs } = summarise(this.#samples);
    const rates = receiveRates(before.totals, reading.totals);
    const since = (name: keyof InputCounts) => reading.counts[name] - before.counts[name];
    const record: QualityRecord = {
      window: this.#window,
      startedAtMs: Math.round(startedAtMs),
      durationMs: Math.max(1, nowMs - atMs),
      measure: this.#measure,
      inputs: { sent: since('sent'), matched: since('matched'), unmatched: since('unmatched') },
      latencyMs: latencyMs ?? null,
      stagesMs,
      clockUncertaintyMs: reading.clockUncertaintyMs ?? null,
      roundTripMs: reading.roundTripMs ?? null,
      framesPerSecond: rates.framesPerSecond,
      videoKbps: rates.videoKbps,
      packetsLostPercent: rates.lossPercent,
      jitterBufferMs: rates.jitterBufferMs ?? null,
      decodeMs: rates.decodeMs ?? null,
      audioJitterBufferMs: rates.audioJitterBufferMs ?? null,
      freezes: rates.freezes,
      framesDropped: rates.framesDropped,
    };
    this.#window++;
    this.#samples = [];
    this.#start = { atMs: nowMs, epochMs, reading };
    return record;
  }
}
