import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COLUMNS, PATCHES, ROWS } from '../titles/colour-chart-patches.mjs';
import { launchBrowser } from './browser.ts';
import { type Kilat, startKilat } from './kilat.ts';
import { STREAM, steadyPicture } from './picture.ts';
import { newPlayer, play } from './play-page.ts';

/** How far a flat colour may be off, of 255: 8-bit 4:2:0 in limited range cannot do better than 2 or 3. */
const TOLERANCE = 4;

let kilat: Kilat;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  const titles = [join(import.meta.dirname, '../titles')];
  [kilat, browser] = await Promise.all([startKilat({ slots: 1, titles }), launchBrowser()]);
  page = await newPlayer(browser);
  await play(page, kilat.url, 'colour-chart');
});

afterAll(async () => {
  await browser?.close();
  await kilat?.close();
});

/** The colour in the middle of each patch, 0xRRGGBB, as the browser shows it. */
function shownPatches(): Promise<number[]> {
  return page.evaluate(
    ({ selector, columns, rows }) => {
      const video = document.querySelector<HTMLVideoElement>(selector);
      if (video === null) return [];
      const [wide, high] = [video.videoWidth, video.videoHeight];
      const context = new OffscreenCanvas(wide, high).getContext('2d', { willReadFrequently: true });
      context?.drawImage(video, 0, 0);
      return Array.from({ length: columns * rows }, (_, place) => {
        const x = Math.round(((place % columns) + 0.5) * (wide / columns));
        const y = Math.round((Math.floor(place / columns) + 0.5) * (high / rows));
        const [r = 0, g = 0, b = 0] = context?.getImageData(x, y, 1, 1).data ?? [];
        return (r << 16) | (g << 8) | b;
      });
    },
    { selector: STREAM, columns: COLUMNS, rows: ROWS },
  );
}

const channels = (colour: number) => [colour >> 16, (colour >> 8) & 255, colour & 255];
const hex = (colour: number) => colour.toString(16).padStart(6, '0');

test('flat patches of a colour chart arrive within 4 of 255 in a real browser', async () => {
  await steadyPicture(page);
  const shown = await shownPatches();
  expect(shown).toHaveLength(PATCHES.length);
  const off = PATCHES.flatMap((drawn, place) => {
    const seen = shown[place] as number;
    const worst = Math.max(...channels(drawn).map((value, at) => Math.abs(value - (channels(seen)[at] as number))));
    return worst > TOLERANCE ? [`${hex(drawn)} is shown as ${hex(seen)} (${worst} off)`] : [];
  });
  expect(off).toEqual([]);
});
