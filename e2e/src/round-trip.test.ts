import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { type Kilat, startKilat } from './kilat.ts';
import { newPlayer, untilState } from './play-page.ts';

let kilat: Kilat;
let browser: Browser;

beforeAll(async () => {
  [kilat, browser] = await Promise.all([startKilat({ slots: 1 }), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await kilat?.close();
});

/** socket.io's packets of events that wait for an answer: `42<namespace>,<id>["name", …]`. */
const CALL = /^42\/player,\d+\["([^"]+)"/;

test('a page that shows its first frame has asked the Indexer one thing', async () => {
  const page = await newPlayer(browser);
  const asked: string[] = [];
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const call = CALL.exec(String(payload))?.[1];
      if (call !== undefined) asked.push(call);
    }),
  );
  await page.goto(`${kilat.url}/play/latency-probe`);
  await untilState(page, 'playing');
  expect(asked).toEqual(['launch']);
  await page.context().close();
});
