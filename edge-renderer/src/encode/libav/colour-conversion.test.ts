import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { AV_PIX_FMT_NV12, AV_PIX_FMT_YUV420P, type AVPixelFormat } from 'node-av/constants';
import { ColourConversion } from './colour-conversion.ts';
import { LibavScreen } from './libav-screen.ts';

const [width, height] = [640, 360];
const opened: { close(): void }[] = [];
const open = (format: AVPixelFormat = AV_PIX_FMT_YUV420P) => {
  const screen = new LibavScreen(width, height);
  const conversion = new ColourConversion(screen, format, width, height);
  opened.push(conversion, { close: () => screen.free() });
  return { pixels: screen.pixels, conversion };
};
afterEach(() => {
  for (const part of opened.splice(0)) part.close();
});

const planes = ({ conversion: { picture } }: ReturnType<typeof open>): Buffer[] =>
  picture.data?.slice(0, 3).map((plane) => Buffer.from(plane)) ?? [];

test.each([
  ['planar', AV_PIX_FMT_YUV420P],
  ['NV12', AV_PIX_FMT_NV12],
])('a %s picture put together from its changed rows is the same as one taken over whole', (_, format) => {
  const [whole, byRows] = [open(format), open(format)];
  const noise = randomBytes(whole.pixels.length + 5 * 64);
  const runs = [
    { top: 0, bottom: 360 },
    { top: 0, bottom: 2 },
    { top: 358, bottom: 360 },
    { top: 100, bottom: 202 },
    { top: 42, bottom: 44 },
  ];
  for (const [step, { top, bottom }] of runs.entries()) {
    const rows = noise.subarray(step * 64, step * 64 + (bottom - top) * width * 4);
    for (const { pixels } of [whole, byRows]) rows.copy(pixels, top * width * 4);
    whole.conversion.convert();
    byRows.conversion.convert([{ top, bottom }]);
    expect(planes(byRows)).toEqual(planes(whole));
  }
});

test.each([
  ['black', [0, 0, 0], [16, 128, 128]],
  ['white', [255, 255, 255], [235, 128, 128]],
  ['red', [0, 0, 255], [81, 90, 240]],
  ['green', [0, 255, 0], [145, 54, 34]],
  ['blue', [255, 0, 0], [41, 240, 110]],
] as const)('%s has its value of BT.601 in limited range', (_, bgr, expected) => {
  const { pixels, conversion } = open();
  for (let at = 0; at < pixels.length; at += 4) pixels.set(bgr, at);
  conversion.convert();
  for (const [plane, value] of expected.entries()) {
    expect(Math.abs((conversion.picture.data?.[plane]?.[1_000] ?? 0) - value)).toBeLessThanOrEqual(1);
  }
});
