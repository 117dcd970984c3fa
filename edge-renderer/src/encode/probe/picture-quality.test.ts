import { expect, test } from 'vitest';
import { lumaOf, psnrDb } from './picture-quality.ts';

test('black, white and grey have the brightness that video gives them', () => {
  const pixels = Buffer.from([0, 0, 0, 0, 255, 255, 255, 0, 128, 128, 128, 0]);
  expect([...lumaOf(pixels)]).toEqual([16, 235, 126]);
});

test('quality is infinite for a copy, 48 dB for one step everywhere, and knows the stride', () => {
  const source = Buffer.from([10, 20, 30, 40]);
  expect(psnrDb(source, Buffer.from([10, 20, 9, 30, 40, 9]), 2, 2, 3)).toBe(99);
  expect(psnrDb(source, Buffer.from([11, 21, 31, 41]), 2, 2, 2)).toBeCloseTo(48.13, 1);
});
