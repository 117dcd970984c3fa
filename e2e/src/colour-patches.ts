import type { Page } from 'playwright-core';
import { COLUMNS, PATCHES, ROWS } from '../titles/colour-chart-patches.mjs';
import { STREAM } from './picture.ts';

/** How far a flat colour may be off, of 255: 8-bit 4:2:0 in limited range cannot do better than 2 or 3. */
const TOLERANCE = 4;

/** The colour in the middle of each patch, 0xRRGGBB, as the browser shows it. */
function shownPatches(page: Page): Promise<number[]> {
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

/** Patches of the colour chart that arrive in other colours than drawn, in words; throws where the chart is not shown. */
export async function wrongColours(page: Page): Promise<string[]> {
  const shown = await shownPatches(page);
  if (shown.length !== PATCHES.length) throw new Error('no colour chart is shown');
  return PATCHES.flatMap((drawn, place) => {
    const seen = shown[place] as number;
    const worst = Math.max(...channels(drawn).map((value, at) => Math.abs(value - (channels(seen)[at] as number))));
    return worst > TOLERANCE ? [`${hex(drawn)} is shown as ${hex(seen)} (${worst} off)`] : [];
  });
}
