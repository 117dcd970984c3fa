import { expect, test } from 'vitest';
import { distribution, quantile } from './quantiles.ts';
import { splitLatency } from './stages.ts';

test('stages add up to the whole, with a clock that runs elsewhere', () => {
  const answer = {
    seq: 7,
    rtpTimestamp: 90,
    receivedMs: 5_001,
    injectedMs: 5_001.5,
    damagedMs: 5_003,
    capturedMs: 5_004,
    convertedMs: 5_006,
    encodedMs: 5_011,
    sentMs: 5_011.5,
  };
  const frame = {
    rtpTimestamp: 90,
    receivedMs: 13,
    decodeMs: 1.5,
    presentedMs: 16,
    shownMs: 20,
    expectedDisplayMs: 30,
  };
  const sample = splitLatency(7, 0, answer, frame, { offsetMs: 5_000, uncertaintyMs: 0.5 });
  expect(sample.stages).toEqual({
    input: 1,
    inject: 0.5,
    title: 1.5,
    capture: 3,
    encode: 5,
    network: 2,
    jitter: 1.5,
    decode: 1.5,
    present: 4,
  });
  expect(Object.values(sample.stages).reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(sample.totalMs);
  expect(sample.expectedTotalMs).toBe(30);
});

test('quantiles interpolate and an empty list has no distribution', () => {
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  expect(distribution([4, 1, 3, 2])).toMatchObject({ n: 4, p50: 2.5, max: 4 });
  expect(distribution([])).toBeUndefined();
});
