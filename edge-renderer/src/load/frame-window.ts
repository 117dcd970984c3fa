import { distribution } from '@kilat/shared/latency/quantiles';
import type { SentFrame } from '../container/messages.ts';

/** What a session's last frames were like. Times in ms. */
export interface FrameFigures {
  framesPerSecond: number;
  encodeMs: { p50: number; p95: number } | undefined;
  /** From the damage to the last packet sent. */
  frameMs: { p50: number; p95: number } | undefined;
  /** From an input's arrival to the last packet of the frame that answers it. */
  inputMs: { p50: number; p95: number } | undefined;
  /** Share of frames sent late, and of frame slots lost because the frame before was still under way; 0 to 1. */
  lateShare: number;
  droppedShare: number;
}

/** Totals since the session began. */
export interface FrameCounts {
  late: number;
  dropped: number;
}

const WINDOW_MS = 4_000;
/** A frame later than this many frame intervals after its damage is late: pacing alone takes up to one. */
const LATE_INTERVALS = 2;

interface Entry {
  sentMs: number;
  encodeMs: number;
  frameMs: number;
  late: boolean;
  dropped: number;
}

/** A session's frames of the last seconds: how fast they are encoded, how many came late or were passed over. */
export class FrameWindow {
  readonly counts: FrameCounts = { late: 0, dropped: 0 };
  readonly #intervalMs: number;
  readonly #entries: Entry[] = [];
  #answers: { sentMs: number; inputMs: number }[] = [];

  constructor(framesPerSecond: number) {
    this.#intervalMs = 1000 / framesPerSecond;
  }

  add({ cause, damagedMs, capturedMs, convertedMs, encodedMs, sentMs }: SentFrame): void {
    if (cause !== 'damage') return;
    const frameMs = sentMs - damagedMs;
    const late = frameMs > LATE_INTERVALS * this.#intervalMs;
    const dropped = Math.floor((capturedMs - damagedMs) / this.#intervalMs);
    this.#entries.push({ sentMs, encodeMs: encodedMs - convertedMs, frameMs, late, dropped });
    this.counts.late += late ? 1 : 0;
    this.counts.dropped += dropped;
    this.#forget(sentMs);
  }

  answered({ receivedMs, sentMs }: { receivedMs: number; sentMs: number }): void {
    this.#answers.push({ sentMs, inputMs: sentMs - receivedMs });
  }

  /** Figures of the window that ends now. */
  figures(nowMs: number): FrameFigures {
    this.#forget(nowMs);
    const entries = this.#entries;
    const sum = (amount: (entry: Entry) => number) => entries.reduce((total, entry) => total + amount(entry), 0);
    const dropped = sum((entry) => entry.dropped);
    return {
      framesPerSecond: (entries.length * 1000) / WINDOW_MS,
      encodeMs: distribution(entries.map(({ encodeMs }) => encodeMs)),
      frameMs: distribution(entries.map(({ frameMs }) => frameMs)),
      inputMs: distribution(this.#answers.map(({ inputMs }) => inputMs)),
      lateShare: entries.length === 0 ? 0 : sum(({ late }) => (late ? 1 : 0)) / entries.length,
      droppedShare: entries.length === 0 ? 0 : dropped / (entries.length + dropped),
    };
  }

  #forget(nowMs: number): void {
    const first = this.#entries.findIndex(({ sentMs }) => sentMs > nowMs - WINDOW_MS);
    this.#entries.splice(0, first < 0 ? this.#entries.length : first);
    this.#answers = this.#answers.filter(({ sentMs }) => sentMs > nowMs - WINDOW_MS);
  }
}
