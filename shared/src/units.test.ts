import { expect, test } from 'vitest';
import { rtpAtOrAfter, rtpTimestampAt } from './units.ts';

test('RTP timestamps compare across the wrap', () => {
  expect(rtpAtOrAfter(10, 10)).toBe(true);
  expect(rtpAtOrAfter(5, 4_294_967_290)).toBe(true);
  expect(rtpAtOrAfter(4_294_967_290, 5)).toBe(false);
});

test('a timestamp is 90 ticks a millisecond, modulo 2^32', () => {
  expect(rtpTimestampAt(1_000)).toBe(90_000);
  expect(rtpTimestampAt(2 ** 32 / 90 + 1)).toBe(90);
});
