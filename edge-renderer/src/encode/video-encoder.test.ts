import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { nalUnits } from '../rtp/h264-packets.ts';
import { levelOf, VideoEncoder } from './video-encoder.ts';

const encoders: VideoEncoder[] = [];
const open = (width = 640, height = 360, kbps = 8_000) => {
  const encoder = new VideoEncoder({ width, height, fps: 60 }, kbps);
  encoders.push(encoder);
  return encoder;
};
afterEach(() => {
  for (const encoder of encoders.splice(0)) encoder.close();
});

const types = (data: Buffer) => [...nalUnits(data)].map((nal) => (nal[0] as number) & 31);

test('a key frame comes exactly when asked for, with its parameter sets', async () => {
  const encoder = open();
  const seen: boolean[] = [];
  for (let frame = 0; frame < 60; frame++) {
    if (frame === 20 || frame === 41) encoder.requestKeyFrame();
    const { data, keyFrame } = await encoder.encode(frame * 1_500);
    seen.push(keyFrame);
    if (keyFrame) expect(types(data)).toEqual(expect.arrayContaining([7, 8, 5]));
  }
  expect(seen.flatMap((key, frame) => (key ? [frame] : []))).toEqual([0, 20, 41]);
});

test('the bitrate changes while it runs', async () => {
  const encoder = open(640, 360, 8_000);
  const noise = randomBytes(encoder.pixels.length * 2);
  const kbpsOver = async (frames: number, from: number) => {
    let bytes = 0;
    for (let frame = 0; frame < frames; frame++) {
      noise.copy(encoder.pixels, 0, ((from + frame) * 4096) % encoder.pixels.length);
      encoder.convert();
      bytes += (await encoder.encode((from + frame) * 1_500)).data.length;
    }
    return (bytes * 8 * 60) / frames / 1000;
  };
  await kbpsOver(30, 0);
  const before = await kbpsOver(60, 30);
  encoder.setBitrate(2_000);
  await kbpsOver(30, 90);
  const after = await kbpsOver(60, 120);
  expect(after).toBeLessThan(before * 0.5);
});

test('size and rate change while it runs, with a key frame; the screen keeps its size', async () => {
  const encoder = open(1280, 720, 2_000);
  const { pixels } = encoder;
  await encoder.encode(0);
  encoder.setPicture({ width: 960, height: 540, fps: 30 });
  const smaller = await encoder.encode(1_500);
  expect(smaller.keyFrame).toBe(true);
  expect(sizeOf(smaller.data)).toEqual({ widthInBlocks: 60, heightInBlocks: 34 });
  expect((await encoder.encode(3_000)).keyFrame).toBe(false);
  encoder.setPicture({ width: 1280, height: 720, fps: 60 });
  expect(sizeOf((await encoder.encode(4_500)).data)).toEqual({ widthInBlocks: 80, heightInBlocks: 45 });
  expect(encoder.pixels).toBe(pixels);
});

test('a key frame takes no more than its share of a narrow link', async () => {
  const encoder = open(1280, 720, 2_000);
  const noise = randomBytes(encoder.pixels.length);
  for (let frame = 0; frame < 30; frame++) {
    noise.copy(encoder.pixels, frame * 4_096);
    encoder.convert();
    await encoder.encode(frame * 1_500);
  }
  encoder.requestKeyFrame();
  const { data, keyFrame } = await encoder.encode(45_000);
  expect(keyFrame).toBe(true);
  // Noise is the worst there is: what x264 leaves of it at its coarsest. Two frames' worth would be 8 KB.
  expect(data.length).toBeLessThan(40_000);
});

test('a still picture costs next to nothing', async () => {
  const encoder = open();
  for (let at = 0; at < encoder.pixels.length; at++) encoder.pixels[at] = (at >> 9) ^ (at >> 4);
  encoder.convert();
  for (let frame = 0; frame < 30; frame++) await encoder.encode(frame * 1_500);
  encoder.requestKeyFrame();
  const key = await encoder.encode(45_000);
  for (let frame = 31; frame < 60; frame++) await encoder.encode(frame * 1_500);
  const still = await encoder.encode(90_000);
  expect(still.data.length).toBeLessThan(key.data.length / 20);
});

test('the stream is constrained baseline at its true level and says which colours it uses', async () => {
  const { data } = await open(1280, 720).encode(0);
  const sps = [...nalUnits(data)].find((nal) => ((nal[0] as number) & 31) === 7) as Buffer;
  expect(sps[1]).toBe(66);
  expect((sps[2] as number) & 0x40).toBe(0x40);
  expect(sps[3]).toBe(32);
});

test.each([
  [640, 360, 30, 30],
  [1280, 720, 30, 31],
  [1280, 720, 60, 32],
  [1920, 1080, 30, 40],
  [1920, 1080, 60, 42],
  [3840, 2160, 60, 52],
])('level of %i×%i at %i fps is %i', (width, height, fps, level) => expect(levelOf(width, height, fps)).toBe(level));

/** Width and height in macroblocks, of a sequence parameter set of baseline profile (H.264 7.3.2.1.1). */
function sizeOf(accessUnit: Buffer): { widthInBlocks: number; heightInBlocks: number } {
  const sps = [...nalUnits(accessUnit)].find((nal) => ((nal[0] as number) & 31) === 7) as Buffer;
  let bit = 32;
  const read = () => ((sps[bit >> 3] as number) >> (7 - (bit++ & 7))) & 1;
  const golomb = () => {
    let zeros = 0;
    while (read() === 0) zeros += 1;
    let value = 1;
    for (let place = 0; place < zeros; place++) value = value * 2 + read();
    return value - 1;
  };
  golomb(); // seq_parameter_set_id
  golomb(); // log2_max_frame_num_minus4
  const orderType = golomb();
  if (orderType === 0) golomb();
  golomb(); // max_num_ref_frames
  read();
  return { widthInBlocks: golomb() + 1, heightInBlocks: golomb() + 1 };
}
