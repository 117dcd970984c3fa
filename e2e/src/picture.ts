import { PROBE_CODE, PROBE_FLIP, type ProbeState, readProbeCells } from '@kilat/shared/title/probe-code';
import type { Page } from 'playwright-core';

/** Selector of the element that shows a session, a stable contract. */
export const STREAM = 'video#stream';
const COLUMNS = 64;
const ROWS = 36;

/** Brightness 0…255 of the shown picture, in a grid of 64 × 36; empty before the first frame. */
export function readPicture(page: Page): Promise<number[]> {
  return page.evaluate(
    ({ selector, columns, rows }) => {
      const video = document.querySelector<HTMLVideoElement>(selector);
      if (video === null || video.videoWidth === 0) return [];
      const context = new OffscreenCanvas(columns, rows).getContext('2d', { willReadFrequently: true });
      context?.drawImage(video, 0, 0, columns, rows);
      const { data } = context?.getImageData(0, 0, columns, rows) ?? { data: [] };
      return Array.from({ length: columns * rows }, (_, cell) =>
        Math.round(
          0.299 * (data[cell * 4] ?? 0) + 0.587 * (data[cell * 4 + 1] ?? 0) + 0.114 * (data[cell * 4 + 2] ?? 0),
        ),
      );
    },
    { selector: STREAM, columns: COLUMNS, rows: ROWS },
  );
}

/** Mean absolute difference of two pictures, 0…255. */
export function difference(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, cell) => sum + Math.abs(value - (b[cell] ?? 0)), 0) / Math.max(1, a.length);
}

/** Standard deviation of the brightness, 0…127: a blank screen has none. */
export function contrast(picture: readonly number[]): number {
  const mean = picture.reduce((sum, value) => sum + value, 0) / Math.max(1, picture.length);
  return Math.sqrt(picture.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, picture.length));
}

export interface ProbePicture {
  state: ProbeState;
  /** Whether the flip patch is white. */
  flipped: boolean;
}

/** What the probe title's picture says; undefined when it shows no probe. */
export async function readProbe(page: Page): Promise<ProbePicture | undefined> {
  const { x, y, cell, columns, rows } = PROBE_CODE;
  const centres = Array.from({ length: columns * rows }, (_, place) => ({
    x: x + cell * ((place % columns) + 0.5),
    y: y + cell * (Math.floor(place / columns) + 0.5),
  }));
  const patch = { x: PROBE_FLIP.x + PROBE_FLIP.width / 2, y: PROBE_FLIP.y + PROBE_FLIP.height / 2 };
  const bright = await page.evaluate(
    ({ selector, points }) => {
      const video = document.querySelector<HTMLVideoElement>(selector);
      if (video === null || video.videoWidth === 0) return [];
      const context = new OffscreenCanvas(video.videoWidth, video.videoHeight).getContext('2d', {
        willReadFrequently: true,
      });
      context?.drawImage(video, 0, 0);
      return points.map(({ x, y }) => (context?.getImageData(Math.round(x), Math.round(y), 1, 1).data[1] ?? 0) > 127);
    },
    { selector: STREAM, points: [...centres, patch] },
  );
  const state = readProbeCells(bright.slice(0, -1));
  return state && { state, flipped: bright.at(-1) === true };
}

const STEADY = 1;
const STEADY_FOR_MS = 200;

/** The picture once it has stopped changing, or after three seconds as it is. */
export async function steadyPicture(page: Page): Promise<number[]> {
  const giveUpAt = Date.now() + 3_000;
  for (let last = await readPicture(page); ; ) {
    await page.waitForTimeout(STEADY_FOR_MS);
    const now = await readPicture(page);
    if (difference(last, now) < STEADY || Date.now() > giveUpAt) return now;
    last = now;
  }
}
