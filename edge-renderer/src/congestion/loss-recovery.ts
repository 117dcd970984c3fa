import type { ArrivalReport } from '@kilat/shared/media/arrival-report';
import { rtpAtOrAfter } from '@kilat/shared/units';
import type { SentFrame } from '../container/messages.ts';

/** A NACK says so long that packets are missing, ms. */
const NACK_COUNTS_MS = 500;
/** The media worker answers a NACK at once; what the frames lost goes once more so long after it, ms, past a burst of loss. */
const AFTER_NACK_MS = 10;
/** A NACK that came back now is of a frame that was sent a round trip and at most this before it, ms. */
const NACK_SPAN_MS = 75;
/** Clocks and timers are this exact, ms. */
const SLACK_MS = 5;
/** Frames that one NACK sends again: a burst of loss is seldom longer. */
const PER_NACK = 2;
/** Without a NACK a frame is overdue when it is reported so much later than usual, ms, and a probe has overtaken it. */
const OVERDUE_MS = 40;
/** A probe that left so long after a frame comes after it, whatever the page does meanwhile, ms. */
const OVERTAKEN_MS = 25;
/** Times that a frame is sent again. */
const MOST_TIMES = 2;
/** Of all that is sent, this share may be for the second time. */
const AGAIN_SHARE = 0.15;
/** What may be sent again at once, bytes. */
const MOST_AT_ONCE = 40_000;
/** How much later than usual a frame may be reported before only a key frame helps, ms. */
const PATIENCE_MS = 90;
/** A key frame needs time to be seen before another one helps, ms. */
const KEY_FRAME_EVERY_MS = 400;
/** Each report moves the usual time by this share of its difference. */
const SHARE = 0.1;
/** Frames remembered that no report names. */
const MAX_FRAMES = 240;

type SentFacts = Pick<SentFrame, 'rtpTimestamp' | 'sentMs' | 'bytes' | 'packets'>;

interface Waiting extends SentFacts {
  /** The last time; the first time: `firstSentMs`. */
  sentMs: number;
  firstSentMs: number;
  timesAgain: number;
}

/**
 * What the edge does about loss besides the media worker, which answers NACKs. A browser that knows no round trip asks only
 * every 100 ms, so a packet lost twice, or a lost NACK, would be a freeze: such frames are sent once more unasked. Where that
 * does not help either, a key frame is asked for, and with it the newest picture comes first.
 */
export class LossRecovery {
  /** Sent after the newest that was shown, oldest first. */
  #frames: Waiting[] = [];
  /** From sending a frame to the report of it. */
  #usualMs: number | undefined;
  #roundTripMs = 0;
  #nackedAtMs = Number.NEGATIVE_INFINITY;
  /** A NACK that nothing was sent again for yet. */
  #nackOpen = false;
  #overtookMs = Number.NEGATIVE_INFINITY;
  #mayAgainBytes = MOST_AT_ONCE;
  #keyFrameAtMs = Number.NEGATIVE_INFINITY;
  #packetsAgain = 0;

  /** Packets sent again on this connection: a browser counts each of them as one lost less. */
  get packetsAgain(): number {
    return this.#packetsAgain;
  }

  nacked(nowMs: number): void {
    this.#nackedAtMs = nowMs;
    this.#nackOpen = true;
  }

  frameSent({ rtpTimestamp, sentMs, bytes, packets }: SentFacts): void {
    this.#frames.push({ rtpTimestamp, bytes, packets, sentMs, firstSentMs: sentMs, timesAgain: 0 });
    if (this.#frames.length > MAX_FRAMES) this.#frames.shift();
    this.#mayAgainBytes = Math.min(MOST_AT_ONCE, this.#mayAgainBytes + AGAIN_SHARE * bytes);
  }

  /** `probesSentMs`: when the probes were sent that this report is the first to name. */
  reported(
    { frames, roundTripMs }: Pick<ArrivalReport, 'frames' | 'roundTripMs'>,
    probesSentMs: readonly number[],
    nowMs: number,
  ): void {
    this.#roundTripMs = roundTripMs;
    this.#overtookMs = Math.max(this.#overtookMs, ...probesSentMs);
    const newest = frames.at(-1)?.rtpTimestamp;
    if (newest === undefined) return;
    const place = this.#frames.findLastIndex(({ rtpTimestamp }) => rtpAtOrAfter(newest, rtpTimestamp));
    const shown = this.#frames[place];
    if (shown === undefined) return;
    this.#frames = this.#frames.slice(place + 1);
    const tookMs = nowMs - shown.firstSentMs;
    this.#usualMs ??= tookMs;
    this.#usualMs += SHARE * (Math.min(tookMs, 2 * this.#usualMs) - this.#usualMs);
  }

  /** RTP timestamps of frames to be sent once more now. Ask with each frame sent and each report. */
  again(nowMs: number): number[] {
    const wanted = [...this.#nackedFrames(nowMs), ...this.#overdueFrame(nowMs)];
    const affordable = wanted.filter((frame) => {
      if (frame.bytes > this.#mayAgainBytes) return false;
      this.#mayAgainBytes -= frame.bytes;
      frame.timesAgain += 1;
      this.#packetsAgain += frame.packets;
      frame.sentMs = nowMs;
      return true;
    });
    return affordable.map(({ rtpTimestamp }) => rtpTimestamp);
  }

  /** Ask with each frame sent; true at most every 400 ms. */
  isStalled(nowMs: number): boolean {
    const oldest = this.#frames[0];
    if (this.#usualMs === undefined || oldest === undefined) return false;
    if (nowMs - this.#nackedAtMs > NACK_COUNTS_MS || nowMs - this.#keyFrameAtMs < KEY_FRAME_EVERY_MS) return false;
    if (nowMs - oldest.firstSentMs < 1.5 * this.#usualMs + PATIENCE_MS) return false;
    this.#keyFrameAtMs = nowMs;
    return true;
  }

  clear(): void {
    this.#frames = [];
    this.#usualMs = undefined;
    this.#nackedAtMs = Number.NEGATIVE_INFINITY;
    this.#nackOpen = false;
    this.#overtookMs = Number.NEGATIVE_INFINITY;
    this.#packetsAgain = 0;
  }

  /** The oldest that a NACK may be about and that nobody has seen. */
  #nackedFrames(nowMs: number): Waiting[] {
    if (!this.#nackOpen || nowMs - this.#nackedAtMs < AFTER_NACK_MS || this.#roundTripMs === 0) return [];
    this.#nackOpen = false;
    const latestMs = this.#nackedAtMs - this.#roundTripMs + SLACK_MS;
    const isAskedFor = ({ firstSentMs, timesAgain }: Waiting) =>
      timesAgain === 0 && firstSentMs <= latestMs && firstSentMs > latestMs - NACK_SPAN_MS;
    return this.#frames.filter(isAskedFor).slice(0, PER_NACK);
  }

  /** The oldest, where a later probe is there and it is not, though it had the time to be. */
  #overdueFrame(nowMs: number): Waiting[] {
    const oldest = this.#frames[0];
    if (oldest === undefined || this.#usualMs === undefined || oldest.timesAgain >= MOST_TIMES) return [];
    const isOverdue = nowMs - oldest.sentMs > this.#usualMs + OVERDUE_MS;
    return isOverdue && this.#overtookMs - oldest.sentMs > OVERTAKEN_MS ? [oldest] : [];
  }
}
