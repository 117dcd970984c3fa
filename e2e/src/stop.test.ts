import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { startKilat } from './kilat.ts';
import { newPlayer, play } from './play-page.ts';
import { until } from './until.ts';

const WITHIN_MS = 20_000;

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
});

test('an edge that is stopped while a session goes leaves nothing of it', async () => {
  const kilat = await startKilat({ slots: 1, env: { KILAT_HOLD_SECONDS: '0.2' } });
  try {
    const page = await newPlayer(browser);
    await play(page, kilat.url, 'latency-probe');
    await page.context().close();
    await until('the end', async () => kilat.edge.log.some((line) => line.includes('session ended')), WITHIN_MS);
  } finally {
    // Throws when anything was left behind.
    await kilat.close();
  }
});
