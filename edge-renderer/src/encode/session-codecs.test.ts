import type { MediaRequest } from '@kilat/shared/media/parameters';
import { expect, test } from 'vitest';
import type { EncoderMeasure } from './probe/encoder-choice.ts';
import { isWorthProbing, SessionCodecs } from './session-codecs.ts';
import type { EncoderKind } from './video-encoder.ts';

const works = (kind: EncoderKind, medianMs: number, psnrDb: number): EncoderMeasure => ({
  ...{ kind, works: true, medianMs, p95Ms: medianMs * 1.3, psnrDb, kbps: 4_000 },
});
const broken = (kind: EncoderKind): EncoderMeasure => ({ kind, works: false, why: 'no device' });
const page = (mimeTypes: string[], efficientCodecs?: string[]): MediaRequest => ({
  rtpCapabilities: {
    codecs: mimeTypes.map((mimeType) => ({ kind: 'video', mimeType, clockRate: 90_000, preferredPayloadType: 100 })),
    headerExtensions: [],
  },
  dtlsFingerprints: [{ algorithm: 'sha-256', value: 'AB' }],
  ...(efficientCodecs === undefined ? {} : { efficientCodecs }),
});
const both = ['video/H264', 'video/AV1'];

const gpu = [works('nvenc', 3, 38), works('x264', 7, 40), works('nvenc-av1', 3.4, 40.5), works('svt-av1', 9, 39)];
const processor = [broken('nvenc'), works('x264', 7.6, 41.4), broken('nvenc-av1'), works('svt-av1', 9.3, 39)];

test('auto: AV1 where a GPU encodes it better and the page decodes it without strain, else H.264', () => {
  const codecs = new SessionCodecs('auto', gpu, 60);
  expect(codecs.choose(page(both, ['video/AV1']), 60)).toBe('video/AV1');
  expect(codecs.choose(page(both, []), 60)).toBe('video/H264');
  expect(codecs.choose(page(both), 60)).toBe('video/H264');
  expect(codecs.choose(page(['video/H264'], ['video/AV1']), 60)).toBe('video/H264');
  expect(new SessionCodecs('auto', processor, 60).choose(page(both, ['video/AV1']), 60)).toBe('video/H264');
});

test('av1: for every page that decodes it, where an encoder works; the others still get H.264', () => {
  const codecs = new SessionCodecs('av1', processor, 60);
  expect(codecs.choose(page(both), 60)).toBe('video/AV1');
  expect(codecs.choose(page(['video/H264']), 60)).toBe('video/H264');
  const none = new SessionCodecs('av1', [works('x264', 7, 40), broken('svt-av1')], 60);
  expect(none.choose(page(both), 60)).toBe('video/H264');
});

test('h264: nothing else, and the ladders never mix', () => {
  expect(new SessionCodecs('h264', gpu, 60).choose(page(both, ['video/AV1']), 60)).toBe('video/H264');
  expect(new SessionCodecs('h264', gpu, 60).ladder('video/AV1', 60)).toEqual([]);
  const codecs = new SessionCodecs('av1', gpu, 60);
  expect(codecs.ladder('video/H264', 60)).toEqual(['nvenc', 'x264']);
  expect(codecs.ladder('video/AV1', 60)).toEqual(['nvenc-av1', 'svt-av1']);
});

test('auto: no rung of the AV1 ladder is one that would not have been chosen before H.264', () => {
  const codecs = new SessionCodecs('auto', gpu, 60);
  expect(codecs.ladder('video/H264', 60)).toEqual(['nvenc', 'x264']);
  expect(codecs.ladder('video/AV1', 60)).toEqual(['nvenc-av1']);
  expect(new SessionCodecs('auto', processor, 60).ladder('video/AV1', 60)).toEqual([]);
  // The first that works is too late for it, and does not stand before the one that is not.
  const second = [works('x264', 7, 38), works('nvenc-av1', 8.5, 40.5), works('vaapi-av1', 5, 39.5)];
  expect(new SessionCodecs('auto', second, 60).ladder('video/AV1', 60)).toEqual(['vaapi-av1']);
  expect(new SessionCodecs('auto', second, 60).choose(page(both, ['video/AV1']), 60)).toBe('video/AV1');
});

test('AV1 on the processor is measured only where it may be used', () => {
  expect(isWorthProbing('svt-av1', 'auto', false)).toBe(false);
  expect(isWorthProbing('svt-av1', 'auto', true)).toBe(true);
  expect(isWorthProbing('svt-av1', 'av1', false)).toBe(true);
  expect(isWorthProbing('nvenc-av1', 'auto', false)).toBe(true);
  expect(isWorthProbing('nvenc-av1', 'h264', true)).toBe(false);
  expect(isWorthProbing('x264', 'h264', false)).toBe(true);
});
