import { type ArrivalReport, encodeArrivalReport } from '@kilat/shared/media/arrival-report';
import type { ShownFrame } from '@kilat/shared/latency/stages';
import { readReceiveTotals, type StatsEntry } from './receive-totals.ts';

/** Reports follow each other at least this far apart, ms. */
const REPORT_MS = 24;
/** Frames and probes that each report repeats, so that lost reports cost nothing. */
const REPORTED = 10;
/** Between two readings of the browser's loss counters, ms: reading them costs a millisecond. */
const COUNTERS_MS = 250;

interface ReporterParts {
  send(packet: Uint8Array<ArrayBuffer>): boolean;
  roundTripMs(): number | undefined;
}

/** Tells the edge when each frame and each probe of one connection arrived, for as long as they come. */
export class ArrivalReporter {
  readonly #parts: ReporterParts;
  #receiver: RTCRtpReceiver | undefined;
  #frames: ArrivalReport['frames'] = [];
  #probes: ArrivalReport['probes'] = [];
  #counters: Pick<ArrivalReport, 'packetsReceived' | 'packetsLost' | 'nacks' | 'plis'> = {
    packetsReceived: 0,
    packetsLost: 0,
    nacks: 0,
    plis: 0,
  };
  #countersAtMs = 0;
  #sentAtMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(parts: ReporterParts) {
    this.#parts = parts;
  }

  /** The track whose losses are counted. */
  watch(receiver: RTCRtpReceiver): void {
    this.#receiver = receiver;
  }

  /** A frame was shown. Frames that the browser did not show are missing; the edge can tell from its neighbours. */
  frameShown({ rtpTimestamp, receivedMs }: ShownFrame): void {
    // Where the browser does not say when a frame came in, nothing true can be reported.
    if (this.#closed || receivedMs === undefined) return;
    this.#frames.push({ rtpTimestamp, arrivedMs: receivedMs });
    if (this.#frames.length > REPORTED) this.#frames.shift();
    this.#reportSoon();
  }

  /** A probe came; it tells of the way to here also while no frame can be shown. */
  probeArrived(id: number, arrivedMs: number): void {
    if (this.#closed) return;
    this.#probes.push({ id, arrivedMs });
    if (this.#probes.length > REPORTED) this.#probes.shift();
    this.#reportSoon();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #reportSoon(): void {
    const nowMs = performance.now();
    if (nowMs - this.#countersAtMs >= COUNTERS_MS) void this.#readCounters(nowMs);
    if (this.#timer !== undefined) return;
    const waitMs = this.#sentAtMs + REPORT_MS - nowMs;
    if (waitMs <= 0) this.#report();
    else
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#report();
      }, waitMs);
  }

  #report(): void {
    this.#sentAtMs = performance.now();
    this.#parts.send(
      encodeArrivalReport({
        sentMs: this.#sentAtMs,
        ...this.#counters,
        roundTripMs: this.#parts.roundTripMs() ?? 0,
        frames: this.#frames,
        probes: this.#probes,
      }),
    );
  }

  async #readCounters(nowMs: number): Promise<void> {
    this.#countersAtMs = nowMs;
    const report = await this.#receiver?.getStats().catch(() => undefined);
    if (report === undefined) return;
    const { video } = readReceiveTotals(report.values() as Iterable<StatsEntry>, nowMs);
    const { packetsReceived, packetsLost, nacks, plis } = video;
    this.#counters = { packetsReceived, packetsLost: Math.max(0, packetsLost), nacks, plis };
  }
}
