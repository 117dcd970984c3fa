import { expect, test } from 'vitest';
import { ClickOnsets, SAMPLE_RATE } from './click-onset.ts';

const ms = (duration: number) => (SAMPLE_RATE * duration) / 1000;

/** 60 ms of 1 kHz after so much silence. */
function clickAfter(silenceMs: number): Int16Array {
  const samples = new Int16Array(ms(silenceMs) + ms(60));
  for (let place = 0; place < ms(60); place++)
    samples[ms(silenceMs) + place] = Math.round(16_000 * Math.cos((2 * Math.PI * place) / 48));
  return samples;
}

test('a click begins at its first loud sample, once', () => {
  expect(new ClickOnsets().find(clickAfter(200))).toEqual([ms(200)]);
});

test('the zero crossings of a tone are no silence, though a piece ends there', () => {
  const onsets = new ClickOnsets();
  const samples = clickAfter(150);
  const cut = ms(150) + ms(30);
  expect(onsets.find(samples.subarray(0, cut))).toHaveLength(1);
  expect(onsets.find(samples.subarray(cut))).toEqual([]);
  expect(onsets.find(clickAfter(150))).toEqual([ms(150)]);
});

test('the noise of a quiet encoder is silence', () => {
  expect(new ClickOnsets().find(Int16Array.from({ length: ms(500) }, (_, place) => (place % 7) * 100))).toEqual([]);
});
