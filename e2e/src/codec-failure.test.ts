import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { type Kilat, startKilat } from './kilat.ts';
import { newPlayer, play, stats } from './play-page.ts';
import { until } from './until.ts';

// SVT-AV1 takes 100 Mb/s at most. A player's wish may be that, and a title that draws half its display's frames gets twice
// the bits for each of them: there it fails, though it worked in the start-up probe and when it was opened.

let kilat: Kilat;
let browser: Browser;

beforeAll(async () => {
  const titles = [join(import.meta.dirname, '../titles')];
  const env = { KILAT_EDGE_CODEC: 'av1', KILAT_EDGE_ADAPTIVE: 'off', KILAT_BITRATE_KBPS: '50000' };
  [kilat, browser] = await Promise.all([startKilat({ slots: 1, titles, env }), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await kilat?.close();
});

test('an AV1 encoder that fails in mid-session: the page comes back by itself into the same game, in H.264', async () => {
  const page = await newPlayer(browser);
  const { sessionId } = await play(page, kilat.url, 'moving-square');
  await until('AV1', async () => (await stats(page))?.video.codec === 'AV1', 5_000);
  const programs = () => kilat.watch.named('moving-square.mjs').map(({ pid }) => pid);
  const before = programs();
  await page.evaluate(() =>
    localStorage.setItem('kilat.preferences', JSON.stringify({ volume: 1, overlay: false, maxBitrateKbps: 100_000 })),
  );
  // The page says its wish when it comes back.
  await page.reload();
  const inH264 = await until('H.264', async () => {
    const now = await stats(page).catch(() => undefined);
    return now?.video.codec === 'H264' && now.state === 'playing' && now;
  });
  expect(inH264.sessionId).toBe(sessionId);
  const { framesDecoded } = inH264.video;
  await until('a moving picture', async () => ((await stats(page))?.video.framesDecoded ?? 0) > framesDecoded + 60);
  expect(before).not.toEqual([]);
  expect(programs()).toEqual(before);
  await page.context().close();
});
