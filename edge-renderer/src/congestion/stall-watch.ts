import type { ArrivalReport } from '@kilat/shared/media/arrival-report';
import { rtpAtOrAfter } from '@kilat/shared/units';

/** A NACK says so long that packets are missing, ms. */
const NACK_COUNTS_MS = 500;
/** How much later than a packet sent again usually is, a frame may be reported, ms. */
const PATIENCE_MS = 15;
/** A key frame needs time to be seen before another one helps, ms. */
const KEY_FRAME_EVERY_MS = 400;
/** Each report moves the usual time by this share of its difference. */
const SHARE = 0.1;
/** Frames remembered that no report names. */
const MAX_FRAMES = 240;

/**
 * Notices that packets sent again did not make it: the player asked for some, probes come through, and it has shown no
 * frame for longer than a retransmission takes. A browser that knows no round trip asks only every 100 ms; a key frame is
 * there as soon as the next answer, if that comes at all, and with it the newest picture comes first.
 */
export class StallWatch {
  /** Sent after the newest that was shown, oldest first. */
  #frames: { rtpTimestamp: number; sentMs: number }[] = [];
  /** From sending a frame to the report of it. */
  #usualMs: number | undefined;
  #roundTripMs = 0;
  /** When the latest probe was sent that is known to have arrived. */
  #probedMs = Number.NEGATIVE_INFINITY;
  #nackedAtMs = Number.NEGATIVE_INFINITY;
  #keyFrameAtMs = Number.NEGATIVE_INFINITY;

  nacked(nowMs: number): void {
    this.#nackedAtMs = nowMs;
  }

  frameSent({ rtpTimestamp, sentMs }: { rtpTimestamp: number; sentMs: number }): void {
    this.#frames.push({ rtpTimestamp, sentMs });
    if (this.#frames.length > MAX_FRAMES) this.#frames.shift();
  }

  /** `probesSentMs`: when the probes were sent that this report is the first to name. */
  reported(
    { frames, roundTripMs }: Pick<ArrivalReport, 'frames' | 'roundTripMs'>,
    probesSentMs: readonly number[],
    nowMs: number,
  ): void {
    this.#roundTripMs = roundTripMs;
    this.#probedMs = Math.max(this.#probedMs, ...probesSentMs);
    const newest = frames.at(-1)?.rtpTimestamp;
    if (newest === undefined) return;
    const place = this.#frames.findLastIndex(({ rtpTimestamp }) => rtpAtOrAfter(newest, rtpTimestamp));
    const shown = this.#frames[place];
    if (shown === undefined) return;
    this.#frames = this.#frames.slice(place + 1);
    const tookMs = nowMs - shown.sentMs;
    this.#usualMs ??= tookMs;
    this.#usualMs += SHARE * (Math.min(tookMs, 2 * this.#usualMs) - this.#usualMs);
  }

  /** Ask with each frame sent and each report; true at most every 400 ms. */
  isStalled(nowMs: number): boolean {
    const [oldest, next] = this.#frames;
    // That packets of it are missing is noticed with the next one.
    if (this.#usualMs === undefined || oldest === undefined || next === undefined) return false;
    if (nowMs - this.#nackedAtMs > NACK_COUNTS_MS || nowMs - this.#keyFrameAtMs < KEY_FRAME_EVERY_MS) return false;
    if (nowMs - next.sentMs < this.#usualMs + this.#roundTripMs + PATIENCE_MS) return false;
    // What was sent long after it has come: it does not wait in a queue, where a key frame would only wait behind it.
    if (this.#probedMs - oldest.sentMs < this.#roundTripMs) return false;
    this.#keyFrameAtMs = nowMs;
    return true;
  }

  clear(): void {
    this.#frames = [];
    this.#usualMs = undefined;
    this.#nackedAtMs = Number.NEGATIVE_INFINITY;
    this.#probedMs = Number.NEGATIVE_INFINITY;
  }
}
