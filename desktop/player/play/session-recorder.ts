import type { QualityRecord } from '@kilat/shared/latency/quality';
import { LATENCY_STAGES, type LatencyStage } from '@kilat/shared/latency/stages';
import { Histogram } from '../latency/histogram.ts';
import { LatencyMeter } from '../latency/latency-meter.ts';
import type { MatchedInput } from '../latency/matched-input.ts';
import type { ReadProbe } from '../latency/probe-matcher.ts';
import { type QualityReading, QualityWindows } from '../latency/quality-window.ts';
import { SampleWindow } from '../latency/sample-window.ts';
import { SecondLog } from '../latency/second-log.ts';
import { addTotals, type ReceiveRates, receiveRates } from '../receive/receive-rates.ts';
import { NOTHING_RECEIVED, type ReceiveTotals, readReceiveTotals, type StatsEntry } from '../receive/receive-totals.ts';
import type { Rendition } from '@kilat/shared/media/rendition';
import type { KilatStats, SecondOfPlay, SessionSummary } from './model.ts';
import { type RecordedPlay, summarise } from './recorded-play.ts';

/** Span of the live figures, ms. */
const LIVE_MS = 30_000;

/** Everything measured in one session, across its connections. */
export class SessionRecorder {
  readonly meter: LatencyMeter;
  readonly #live = new SampleWindow(LIVE_MS);
  readonly #total = new Histogram();
  readonly #stageTotals = new Map<LatencyStage, Histogram>(LATENCY_STAGES.map((stage) => [stage, new Histogram()]));
  readonly #seconds = new SecondLog();
  readonly #quality: QualityWindows;
  readonly #onRecord: (record: QualityRecord) => void;
  /** Of the connections before this one. */
  #earlier: ReceiveTotals = NOTHING_RECEIVED;
  /** Of all connections. */
  #totals: ReceiveTotals;
  #rates: ReceiveRates | undefined;
  #playingSinceMs: number | undefined;
  #rendition: Rendition | undefined;

  /** `firstWindow`: number of the first quality record. */
  constructor(readProbe: ReadProbe | undefined, firstWindow: number, onRecord: (record: QualityRecord) => void) {
    const nowMs = performance.now();
    this.meter = new LatencyMeter(readProbe, (match) => this.#matched(match));
    this.#totals = { ...NOTHING_RECEIVED, atMs: nowMs };
    this.#quality = new QualityWindows(this.meter.measure, firstWindow, nowMs, Date.now(), this.#reading(nowMs));
    this.#onRecord = onRecord;
  }

  /** Number of the next quality record. */
  get nextWindow(): number {
    return this.#quality.nextWindow;
  }

  /** A picture is on the screen; `again`: after a break. */
  playing(nowMs: number, again: boolean): void {
    this.#playingSinceMs ??= nowMs;
    if (again) this.#seconds.reconnected();
  }

  /** The edge encodes at this from now on. */
  renditionChanged(rendition: Rendition): void {
    this.#rendition = rendition;
  }

  /** A new connection counts from zero. */
  connectionReplaced(): void {
    this.meter.connectionReplaced();
    this.#earlier = this.#totals;
  }

  /** Once a second while a connection lives, with its statistics. */
  tick(nowMs: number, report: Iterable<StatsEntry> | undefined): void {
    this.meter.expire(nowMs);
    const before = this.#totals;
    this.#totals =
      report === undefined
        ? { ...before, atMs: nowMs, roundTripMs: undefined }
        : addTotals(this.#earlier, readReceiveTotals(report, nowMs));
    this.#rates = receiveRates(before, this.#totals);
    if (this.#playingSinceMs !== undefined)
      this.#seconds.close(nowMs, this.#rates, this.#roundTripMs(), this.#rendition);
    if (this.#quality.due(nowMs)) this.closeQualityWindow();
  }

  /** Gives out the record of the window so far; for its regular end and for the session's. */
  closeQualityWindow(): void {
    const nowMs = performance.now();
    this.#onRecord(this.#quality.close(nowMs, Date.now(), this.#reading(nowMs)));
  }

  recentSeconds(): readonly SecondOfPlay[] {
    return this.#seconds.recent(performance.now(), LIVE_MS);
  }

  /** The matches of the last 30 s, oldest first. */
  recentSamples(): readonly MatchedInput[] {
    return this.#live.recent(performance.now());
  }

  /** What this page has seen of the session; `launchMs`: of its own launch. */
  played(launchMs: SessionSummary['launchMs']): RecordedPlay {
    return {
      playedMs: this.#playingSinceMs === undefined ? 0 : performance.now() - this.#playingSinceMs,
      launchMs,
      inputs: this.meter.counts,
      total: this.#total,
      stageTotals: this.#stageTotals,
      seconds: this.#seconds.seconds,
    };
  }

  stats(): Pick<KilatStats, 'measure' | 'inputs' | 'latencyMs' | 'stagesMs' | 'clock' | 'video' | 'audio'> {
    const nowMs = performance.now();
    const { video, audio } = this.#totals;
    const alignment = this.meter.alignment(nowMs);
    const roundTripMs = this.meter.roundTripMs;
    return {
      measure: this.meter.measure,
      inputs: this.meter.counts,
      ...this.#live.summary(nowMs),
      clock:
        alignment && roundTripMs !== undefined ? { uncertaintyMs: alignment.uncertaintyMs, roundTripMs } : undefined,
      video: {
        width: video.width,
        height: video.height,
        framesPerSecond: this.#rates?.framesPerSecond ?? 0,
        framesDecoded: video.framesDecoded,
        framesDropped: video.framesDropped,
        keyFrames: video.keyFrames,
        kbps: this.#rates?.videoKbps ?? 0,
        bytes: video.bytes,
        packetsLost: video.packetsLost,
        plis: video.plis,
        freezes: video.freezes,
        jitterBufferMs: this.#rates?.jitterBufferMs,
        decodeMs: this.#rates?.decodeMs,
        decoder: video.decoder,
        codec: video.codec,
        rendition: this.#rendition,
      },
      audio: {
        kbps: this.#rates?.audioKbps ?? 0,
        energy: audio.energy,
        jitterBufferMs: this.#rates?.audioJitterBufferMs,
        packetsLost: audio.packetsLost,
        concealedSamples: audio.concealedSamples,
      },
    };
  }

  #matched(match: MatchedInput): void {
    this.#live.add(match);
    this.#seconds.matched(match);
    this.#quality.matched(match);
    this.#total.add(match.totalMs);
    if (match.stages === undefined) return;
    for (const [stage, histogram] of this.#stageTotals) histogram.add(match.stages[stage]);
  }

  #roundTripMs(): number | undefined {
    return this.meter.roundTripMs ?? this.#totals.roundTripMs;
  }

  #reading(nowMs: number): QualityReading {
    return {
      counts: this.meter.counts,
      totals: { ...this.#totals, atMs: nowMs },
      clockUncertaintyMs: this.meter.alignment(nowMs)?.uncertaintyMs,
      roundTripMs: this.#roundTripMs(),
    };
  }
}

const NOTHING_RECORDED = new SessionRecorder(undefined, 0, () => undefined);

/** The figures of a session that has none yet. */
export const emptyStats = () => NOTHING_RECORDED.stats();
export const emptySummary = (launchMs: SessionSummary['launchMs']) =>
  summarise(NOTHING_RECORDED.played(launchMs), 'next-frame');
