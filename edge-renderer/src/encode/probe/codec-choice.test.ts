import { ROUTER_RTP_CAPABILITIES } from '@kilat/shared/media/router-capabilities';
import { expect, test } from 'vitest';
import type { VideoCodec } from '../video-codec.ts';
import { chooseCodec, type CodecMeasure } from './codec-choice.ts';

const page = (...codecs: VideoCodec[]) => ({
  codecs: codecs.map((mimeType, at) => ({
    ...{ kind: 'video' as const, mimeType, clockRate: 90_000, preferredPayloadType: 100 + at },
  })),
});
const every = page('video/H264', 'video/AV1');
const measure = (codec: VideoCodec, medianMs: number, psnrDb: number, p95Ms = medianMs * 1.3): CodecMeasure => ({
  ...{ codec, medianMs, p95Ms, psnrDb },
});
const x264 = measure('video/H264', 7.6, 41.4);

test('on two cores SVT-AV1 takes longer a frame than x264: H.264', () => {
  expect(chooseCodec(every, [x264, measure('video/AV1', 9.3, 39.0)], 60)).toBe('video/H264');
  expect(chooseCodec(every, [x264, measure('video/AV1', 10.3, 43.8, 51)], 60)).toBe('video/H264');
});

test('a GPU whose AV1 is better and as fast: AV1, where the page decodes it', () => {
  const gpu = [measure('video/H264', 3.0, 38), measure('video/AV1', 3.4, 40.5)];
  expect(chooseCodec(every, gpu, 60)).toBe('video/AV1');
  expect(chooseCodec(page('video/H264'), gpu, 60)).toBe('video/H264');
});

test('better by less than a decibel, or later by more than a millisecond, is not worth another codec', () => {
  const h264 = measure('video/H264', 3, 38);
  expect(chooseCodec(every, [h264, measure('video/AV1', 3, 38.9)], 60)).toBe('video/H264');
  expect(chooseCodec(every, [h264, measure('video/AV1', 4.1, 45)], 60)).toBe('video/H264');
  expect(chooseCodec(every, [h264, measure('video/AV1', 3, 45, 14)], 60)).toBe('video/H264');
});

test('a page without H.264 gets what it has; with nothing in common, nothing', () => {
  expect(chooseCodec(page('video/AV1'), [x264, measure('video/AV1', 9.3, 39)], 60)).toBe('video/AV1');
  expect(chooseCodec(page('video/AV1'), [x264], 60)).toBeUndefined();
  expect(chooseCodec(ROUTER_RTP_CAPABILITIES, [x264], 60)).toBe('video/H264');
});
