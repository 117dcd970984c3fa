import { join } from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { type Kilat, startKilat } from './kilat.ts';
import { readPicture, readProbe } from './picture.ts';
import { play } from './play-page.ts';
import { until } from './until.ts';

// Fingers on the picture, as Chromium's own input pipeline delivers them.

const GRID = { columns: 64, cell: 20 };
const WHITE = 200;

let kilat: Kilat;
let browser: Browser;
let page: Page;
let devtools: CDPSession;

beforeAll(async () => {
  const titles = [join(import.meta.dirname, '../titles')];
  [kilat, browser] = await Promise.all([startKilat({ slots: 2, titles }), launchBrowser()]);
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, hasTouch: true });
  page = await context.newPage();
  devtools = await context.newCDPSession(page);
});

afterAll(async () => {
  await browser?.close();
  await kilat?.close();
});

type Step = 'touchStart' | 'touchMove' | 'touchEnd';
const touch = (type: Step, ...points: { x: number; y: number }[]) =>
  devtools.send('Input.dispatchTouchEvent', { type, touchPoints: points.map((point, id) => ({ ...point, id })) });

/** Waits until the title's white square is there, in pixels of its display. */
async function squareAt(x: number, y: number): Promise<void> {
  await until(`the square at ${x}, ${y}`, async () => {
    const white = (await readPicture(page)).flatMap((brightness, place) => (brightness > WHITE ? [place] : []));
    if (white.length === 0) return false;
    const mean = (values: number[]) =>
      (values.reduce((sum, value) => sum + value, 0) / values.length + 0.5) * GRID.cell;
    const at = {
      x: mean(white.map((place) => place % GRID.columns)),
      y: mean(white.map((place) => Math.floor(place / GRID.columns))),
    };
    return Math.abs(at.x - x) <= GRID.cell && Math.abs(at.y - y) <= GRID.cell;
  });
}

test("the title's pointer follows a finger", async () => {
  await play(page, kilat.url, 'pointer-field');
  await touch('touchStart', { x: 300, y: 200 });
  await squareAt(300, 200);
  await touch('touchMove', { x: 900, y: 500 });
  await squareAt(900, 500);
  await touch('touchEnd');
});

test('a tap is one press of the left button', async () => {
  await play(page, kilat.url, 'latency-probe');
  await until('the untouched probe', async () => (await readProbe(page))?.state.number === 0);
  await page.touchscreen.tap(500, 500);
  const probe = await until('the press', async () => {
    const now = await readProbe(page);
    return now !== undefined && now.state.number > 0 && now;
  });
  expect(probe.state).toEqual({ number: 1, hash: 0x110 });
  await page.touchscreen.tap(600, 400);
  await until('the second press', async () => (await readProbe(page))?.state.number === 2);
});
