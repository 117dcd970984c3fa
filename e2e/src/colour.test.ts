import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { wrongColours } from './colour-patches.ts';
import { type Kilat, startKilat } from './kilat.ts';
import { steadyPicture } from './picture.ts';
import { newPlayer, play } from './play-page.ts';

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

test('flat patches of a colour chart arrive within 4 of 255 in a real browser', async () => {
  await steadyPicture(page);
  expect(await wrongColours(page)).toEqual([]);
});
