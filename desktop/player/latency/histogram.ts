import type { Distribution } from '@kilat/shared/latency/quantiles';
import { z } from 'zod';

/** Width of a bucket, ms: how exact the quantiles are. */
const BUCKET_MS = 0.25;
/** Longer times share the last bucket; the maximum stays exact. */
const LONGEST_MS = 2_500;

/** A histogram as JSON: the buckets that are not empty, each with its count. */
export const KeptHistogram = z.object({
  max: z.number(),
  counts: z.array(z.tuple([z.number().int().nonnegative(), z.number().int().positive()])),
});
export type KeptHistogram = z.infer<typeof KeptHistogram>;

/** Times of a whole session in fixed memory. Times below zero (clock error) count as zero. */
export class Histogram {
  readonly #counts = new Uint32Array(LONGEST_MS / BUCKET_MS);
  #n = 0;
  #max = Number.NEGATIVE_INFINITY;

  add(timeMs: number): void {
    const bucket = Math.min(this.#counts.length - 1, Math.max(0, Math.floor(timeMs / BUCKET_MS)));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#n++;
    this.#max = Math.max(this.#max, timeMs);
  }

  /** Takes over everything another one has counted. */
  addAll(other: Histogram): void {
    for (const [bucket, count] of other.#counts.entries()) this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
    this.#n += other.#n;
    this.#max = Math.max(this.#max, other.#max);
  }

  /** Undefined without times. */
  get kept(): KeptHistogram | undefined {
    if (this.#n === 0) return undefined;
    const counts = [...this.#counts.entries()].filter(([, count]) => count > 0);
    return { max: this.#max, counts };
  }

  static from(kept: KeptHistogram | undefined): Histogram {
    const histogram = new Histogram();
    for (const [bucket, count] of kept?.counts ?? []) {
      const place = Math.min(histogram.#counts.length - 1, bucket);
      histogram.#counts[place] = (histogram.#counts[place] ?? 0) + count;
      histogram.#n += count;
    }
    if (kept !== undefined) histogram.#max = kept.max;
    return histogram;
  }

  /** Undefined without times. */
  get distribution(): Distribution | undefined {
    if (this.#n === 0) return undefined;
    const [p50 = 0, p95 = 0, p99 = 0] = this.#quantiles([0.5, 0.95, 0.99]);
    return { n: this.#n, p50, p95, p99, max: this.#max };
  }

  /** The middle of the bucket in which each rank lies; `fractions` ascending. */
  #quantiles(fractions: readonly number[]): number[] {
    const found: number[] = [];
    let passed = 0;
    for (let bucket = 0; bucket < this.#counts.length && found.length < fractions.length; bucket++) {
      passed += this.#counts[bucket] ?? 0;
      while (
        found.length < fractions.length &&
        passed >= Math.max(1, Math.ceil((fractions[found.length] ?? 1) * this.#n))
      ) {
        found.push(Math.min(this.#max, (bucket + 0.5) * BUCKET_MS));
      }
    }
    return found;
  }
}
