import { z } from 'zod';

/** A duration or a point in time of a stated clock, in milliseconds. */
export const Milliseconds = z.number().finite();
/** Wall-clock time, milliseconds since the Unix epoch (Indexer's clock). */
export const EpochMs = z.number().int().nonnegative();
/** Kilobits (1,000 bits) per second. */
export const Kbps = z.number().int().min(250).max(100_000);

/** Ticks of the RTP video clock per millisecond (90 kHz, RFC 6184). */
export const VIDEO_TICKS_PER_MS = 90;

/** A monotonic time in ms → the 32-bit RTP timestamp of a frame captured then. */
export function rtpTimestampAt(monotonicMs: number): number {
  return Math.round(monotonicMs * VIDEO_TICKS_PER_MS) % 2 ** 32;
}

/** Whether RTP timestamp `a` is at or after `b`, modulo 2^32 (RFC 1982 serial comparison). */
export function rtpAtOrAfter(a: number, b: number): boolean {
  return (a - b) >>> 0 < 2 ** 31;
}
