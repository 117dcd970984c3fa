import { expect, test } from 'vitest';
import type { EncoderKind } from '../video-encoder.ts';
import { chooseEncoders, type EncoderMeasure } from './encoder-choice.ts';

const works = (kind: EncoderKind, p95Ms: number, psnrDb = 38): EncoderMeasure => ({
  ...{ kind, works: true, medianMs: p95Ms / 2, p95Ms, psnrDb, kbps: 8_000 },
});
const broken = (kind: EncoderKind): EncoderMeasure => ({ kind, works: false, why: 'no device' });

test('a GPU that works goes before the processor, and the processor stays as the next rung', () => {
  expect(chooseEncoders([works('x264', 7), broken('vaapi'), works('nvenc', 4)], 60)).toEqual(['nvenc', 'x264']);
});

test('NVENC before VAAPI before QSV before AMF before x264 before a program', () => {
  const kinds = ['ffmpeg-x264', 'x264', 'amf', 'qsv', 'vaapi', 'nvenc'] as const;
  expect(
    chooseEncoders(
      kinds.map((kind) => works(kind, 5)),
      60,
    ),
  ).toEqual([...kinds].reverse());
});

test('a GPU too slow for the frame rate comes after a processor that is not', () => {
  expect(chooseEncoders([works('vaapi', 14), works('x264', 9)], 60)).toEqual(['x264', 'vaapi']);
  expect(chooseEncoders([works('vaapi', 14), works('x264', 9)], 30)).toEqual(['vaapi', 'x264']);
});

test('where everything is too slow the fastest is taken', () => {
  expect(chooseEncoders([works('nvenc', 40), works('x264', 20)], 60)).toEqual(['x264', 'nvenc']);
});

test('an encoder whose picture is broken does not count as working', () => {
  expect(chooseEncoders([works('qsv', 3, 11), works('x264', 8)], 60)).toEqual(['x264']);
  expect(chooseEncoders([broken('nvenc')], 60)).toEqual([]);
});
