import { distribution } from '@kilat/shared/latency/quantiles';
import { expect, test } from 'vitest';
import { Histogram } from './histogram.ts';

test('agrees with the exact distribution to a quarter of a millisecond', () => {
  const times = Array.from({ length: 2_000 }, (_, index) => ((index * 7_919) % 2_000) / 17);
  const histogram = new Histogram();
  for (const time of times) histogram.add(time);
  const [exact, rough] = [distribution(times), histogram.distribution];
  expect(rough?.n).toBe(2_000);
  expect(rough?.max).toBe(exact?.max);
  for (const q of ['p50', 'p95', 'p99'] as const)
    expect(Math.abs((rough?.[q] ?? 0) - (exact?.[q] ?? 0))).toBeLessThan(0.25);
});

test('knows nothing without times and keeps the extremes', () => {
  const histogram = new Histogram();
  expect(histogram.distribution).toBeUndefined();
  histogram.add(-3);
  expect(histogram.distribution).toMatchObject({ n: 1, p50: -3, max: -3 });
  histogram.add(9_999);
  expect(histogram.distribution?.max).toBe(9_999);
});
