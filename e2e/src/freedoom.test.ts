import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { type Kilat, startKilat } from './kilat.ts';
import { difference, readPicture, steadyPicture } from './picture.ts';
import { newPlayer, play, stats, untilState } from './play-page.ts';
import { sidewaysShift } from './shift.ts';
import { until } from './until.ts';

/** The view without weapon and status bar, in the grid of 64 × 36. */
const VIEW = { columns: 64, firstRow: 3, endRow: 20, most: 24 };

let kilat: Kilat;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [kilat, browser] = await Promise.all([startKilat({ slots: 1 }), launchBrowser()]);
  page = await newPlayer(browser);
  await play(page, kilat.url, 'freedoom');
});

afterAll(async () => {
  await browser?.close();
  await kilat?.close();
});

/** The view once it is another one and stands still. */
async function turnedFrom(before: readonly number[]): Promise<number[]> {
  await until('another view', async () => difference(before, await readPicture(page)) > 4);
  return await steadyPicture(page);
}

test('the view stays while nothing is pressed', async () => {
  const before = await steadyPicture(page);
  await page.waitForTimeout(1_000);
  expect(difference(before, await readPicture(page))).toBeLessThan(4);
});

test('a key turns the view, to the side it says', async () => {
  const ahead = await steadyPicture(page);
  await page.keyboard.press('ArrowRight', { delay: 150 });
  const right = await turnedFrom(ahead);
  expect(sidewaysShift(ahead, right, VIEW)).toBeGreaterThan(1);

  await page.keyboard.press('ArrowLeft', { delay: 150 });
  const back = await turnedFrom(right);
  expect(sidewaysShift(right, back, VIEW)).toBeLessThan(-1);
});

test('the mouse turns the view once the pointer is locked', async () => {
  await page.mouse.click(640, 360);
  await until('pointer lock', () => page.evaluate(() => document.pointerLockElement !== null));
  const ahead = await steadyPicture(page);
  for (let step = 1; step <= 10; step++) await page.mouse.move(640 + 12 * step, 360);
  await until('another view', async () => difference(ahead, await readPicture(page)) > 4);
  expect(sidewaysShift(ahead, await steadyPicture(page), VIEW)).toBeGreaterThan(0);
});

test('a shot is heard', async () => {
  const before = (await stats(page))?.audio.energy ?? 0;
  await page.keyboard.press('KeyF', { delay: 300 });
  await until('sound', async () => ((await stats(page))?.audio.energy ?? 0) > before + 1e-4);
});

test('each input is followed to the frame that came after it', async () => {
  const { measure } = await untilState(page, 'playing');
  expect(measure).toBe('next-frame');
  for (let press = 0; press < 10; press++)
    await page.keyboard.press(press % 2 ? 'ArrowLeft' : 'ArrowRight', { delay: 60 });
  const now = await until('measured inputs', async () => {
    const figures = await stats(page);
    return figures && figures.inputs.matched >= 10 && figures;
  });
  expect(now.latencyMs?.p50).toBeGreaterThan(0);
  expect(now.latencyMs?.p50).toBeLessThan(500);
  expect(now.clock?.uncertaintyMs).toBeLessThan(20);
});
