import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { type Kilat, startKilat } from './kilat.ts';
import { readPicture } from './picture.ts';
import { newPlayer, play } from './play-page.ts';
import { until } from './until.ts';

const GRID = { columns: 64, cell: 20 };
const WHITE = 200;

let kilat: Kilat;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  const titles = [join(import.meta.dirname, '../titles')];
  [kilat, browser] = await Promise.all([startKilat({ slots: 1, titles }), launchBrowser()]);
  page = await newPlayer(browser);
  await play(page, kilat.url, 'pointer-field');
});

afterAll(async () => {
  await browser?.close();
  await kilat?.close();
});

/** Centre of the white square in pixels of the title's display. */
async function square(): Promise<{ x: number; y: number } | undefined> {
  const white = (await readPicture(page)).flatMap((brightness, place) => (brightness > WHITE ? [place] : []));
  if (white.length === 0) return undefined;
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    x: (mean(white.map((place) => place % GRID.columns)) + 0.5) * GRID.cell,
    y: (mean(white.map((place) => Math.floor(place / GRID.columns))) + 0.5) * GRID.cell,
  };
}

test.each([
  [300, 200],
  [1000, 600],
  [200, 640],
])('the title sees the pointer where the player has it: %i, %i', async (x, y) => {
  await page.mouse.move(x, y);
  await until('the square there', async () => {
    const at = await square();
    return at && Math.abs(at.x - x) <= GRID.cell && Math.abs(at.y - y) <= GRID.cell;
  });
});

test("the player's own pointer takes the title's shape, and is hidden where the title hides it", async () => {
  const cursorAt = (x: number, y: number) =>
    page.evaluate((at) => getComputedStyle(document.elementFromPoint(at.x, at.y) ?? document.body).cursor, { x, y });
  await page.mouse.move(320, 360);
  const shape = await until('a shape', async () => {
    const cursor = await cursorAt(320, 360);
    return cursor.startsWith('url("data:image/png') && cursor;
  });
  expect(shape).toMatch(/ 3 5, default$/);
  await page.mouse.move(960, 360);
  await until('no pointer', async () => (await cursorAt(960, 360)) === 'none');
});
