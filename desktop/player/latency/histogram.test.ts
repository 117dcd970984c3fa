import { distribution } from '@kilat/shared/latency/quantiles';
import { expect, test } from 'vitest';
import { Histogram, KeptHistogram } from './histogram.ts';

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

test('is the same after it was kept, and two are as good as one', () => {
  const times = Array.from({ length: 400 }, (_, index) => ((index * 7_919) % 400) / 5);
  const [whole, first, second] = [new Histogram(), new Histogram(), new Histogram()];
  for (const [index, time] of times.entries()) {
    whole.add(time);
    (index < 150 ? first : second).add(time);
  }
  const joined = Histogram.from(KeptHistogram.parse(JSON.parse(JSON.stringify(first.kept))));
  expect(joined.distribution).toEqual(first.distribution);
  joined.addAll(second);
  expect(joined.distribution).toEqual(whole.distribution);
  expect(new Histogram().kept).toBeUndefined();
  expect(Histogram.from(undefined).distribution).toBeUndefined();
});
