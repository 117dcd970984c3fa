import { afterEach, expect, test } from 'vitest';
import { nalUnits } from '../rtp/h264-packets.ts';
import { type EncoderChange, EncoderLadder } from './encoder-ladder.ts';
import { PictureDecoder } from './libav/picture-decoder.ts';
import { openEncoder, openScreen, type OpenEncoder } from './open-encoder.ts';
import { MovingScene } from './probe/moving-scene.ts';
import { EncoderError, type EncoderKind, type VideoEncoder } from './video-encoder.ts';

const rendition = { width: 640, height: 360, framesPerSecond: 60, bitrateKbps: 4_000 };
const closing: { close(): void }[] = [];
afterEach(() => {
  for (const part of closing.splice(0)) part.close();
});

/** A ladder of real encoders, and the ones it has opened. */
async function climb(kinds: EncoderKind[], open: OpenEncoder = openEncoder, hungMs?: number) {
  const screen = await openScreen(rendition.width, rendition.height);
  const scene = new MovingScene(rendition.width, rendition.height);
  const opened: VideoEncoder[] = [];
  const changes: EncoderChange[] = [];
  const remember: OpenEncoder = async (...args) => {
    const encoder = await open(...args);
    opened.push(encoder);
    return encoder;
  };
  const options = hungMs === undefined ? { open: remember } : { open: remember, hungMs };
  const ladder = await EncoderLadder.open(kinds, screen, rendition, (change) => changes.push(change), options);
  closing.push(ladder);
  let frame = 0;
  const encode = () => {
    scene.draw(frame, screen.pixels);
    return ladder.encode(1_500 * frame++);
  };
  return { ladder, encode, opened, changes };
}

test('a program that is killed mid-session: the same frame comes from the next encoder, as an IDR', async () => {
  const { ladder, encode, opened, changes } = await climb(['ffmpeg-x264', 'x264']);
  const decoder = new PictureDecoder();
  closing.push(decoder);
  const decodes = (data: Buffer, ticks: number) => decoder.decode(data, ticks).width;
  for (let frame = 0; frame < 5; frame++) expect(decodes((await encode()).data, frame)).toBe(640);
  ladder.setPicture({ width: 480, height: 270, framesPerSecond: 30 });
  expect(decodes((await encode()).data, 5)).toBe(480);
  process.kill((opened[0] as unknown as { pid: number }).pid, 'SIGKILL');
  const next = await encode();
  expect(next.keyFrame).toBe(true);
  expect([...nalUnits(next.data)].map((nal) => (nal[0] as number) & 31)).toEqual(expect.arrayContaining([7, 8, 5]));
  expect(decodes(next.data, 6)).toBe(480);
  expect((await encode()).keyFrame).toBe(false);
  expect(ladder.kind).toBe('x264');
  expect(changes).toMatchObject([{ from: 'ffmpeg-x264', to: 'x264' }]);
});

test('an encoder whose device is closed under it gives way', async () => {
  const { ladder, encode, opened, changes } = await climb(['x264', 'ffmpeg-x264']);
  expect((await encode()).keyFrame).toBe(true);
  opened[0]?.close();
  expect((await encode()).keyFrame).toBe(true);
  expect(ladder.kind).toBe('ffmpeg-x264');
  expect(changes).toHaveLength(1);
});

test('an encoder that hangs gives way', async () => {
  let hung = false;
  const firstHangs: OpenEncoder = async (...args) => {
    const encoder = await openEncoder(...args);
    if (hung) return encoder;
    hung = true;
    return Object.assign(encoder, { encode: () => new Promise<never>(() => {}) });
  };
  const { encode, changes } = await climb(['x264', 'x264'], firstHangs, 500);
  expect((await encode()).keyFrame).toBe(true);
  expect(changes[0]?.why).toContain('no frame in 500 ms');
});

test('what cannot be opened is passed over; with nothing left the last reason is told', async () => {
  const open: OpenEncoder = async (kind, ...rest) => {
    if (kind !== 'x264') throw new EncoderError('unavailable', `no ${kind} here`);
    return openEncoder(kind, ...rest);
  };
  const { ladder, encode, opened } = await climb(['nvenc', 'vaapi', 'x264'], open);
  expect(ladder.kind).toBe('x264');
  opened[0]?.close();
  await expect(encode()).rejects.toThrow('x264 was closed');
  await expect(climb(['nvenc'], open)).rejects.toThrow('no nvenc here');
});
