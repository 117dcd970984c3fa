/** How a retry spaces its tries, ms. */
export interface Backoff {
  firstMs: number;
  longestMs: number;
}

/** Waits differ by up to this share either way, so that pages cut off together do not all come back at once. */
const JITTER = 0.25;

/** Wait after try number `failed` (from 1) failed, ms: doubling up to the longest. `random`: 0…1. */
export function backoffMs({ firstMs, longestMs }: Backoff, failed: number, random: number): number {
  const waitMs = Math.min(longestMs, firstMs * 2 ** (failed - 1));
  return waitMs * (1 - JITTER + 2 * JITTER * random);
}
