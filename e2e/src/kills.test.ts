import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { type Kilat, startKilat } from './kilat.ts';
import { newPlayer, play, stats, untilState } from './play-page.ts';
import { until } from './until.ts';

// Whoever is killed, the session ends or goes on as docs/closures.md says; `kilat.close()` finds what was left behind.

let kilat: Kilat;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [kilat, browser] = await Promise.all([startKilat({ slots: 1, env: { KILAT_HOLD_SECONDS: '3' } }), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await kilat?.close();
});

beforeEach(async () => {
  page = await newPlayer(browser);
});

afterEach(async () => {
  await page.context().close();
});

function kill(ending: string): void {
  const found = kilat.watch.named(ending);
  expect(found, ending).not.toHaveLength(0);
  for (const { pid } of found) process.kill(pid, 'SIGKILL');
}

/** Everything a session started is gone, and its slot can be used again. */
async function slotIsFree(): Promise<void> {
  const next = await newPlayer(browser);
  await until('a free slot', async () => {
    await play(next, kilat.url, 'latency-probe').catch(() => {});
    return (await stats(next).catch(() => undefined))?.state === 'playing';
  });
  await next.context().close();
}

test.each([
  { part: 'game', ending: 'dsda-doom', says: 'crashed' },
  { part: 'X server', ending: 'Xvfb', says: 'lost its display' },
  { part: 'session process', ending: 'session-process.ts', says: 'The stream stopped' },
])('the $part: the session ends and says so', async ({ ending, says }) => {
  await until('a free slot', () => play(page, kilat.url, 'freedoom').catch(() => undefined));
  kill(ending);
  await untilState(page, 'ended', 10_000);
  await page.getByText(says).first().waitFor();
  await until(
    'nothing of the session runs',
    () => kilat.watch.named('Xvfb').length === 0 && kilat.watch.named('dsda-doom').length === 0,
  );
});

test('the sound server: the game goes on without sound', async () => {
  await until('a free slot', () => play(page, kilat.url, 'freedoom').catch(() => undefined));
  kill('pulseaudio');
  await page.waitForTimeout(1_000);
  const before = (await stats(page))?.video.framesDecoded ?? 0;
  await page.keyboard.press('ArrowRight', { delay: 300 });
  await until('more frames', async () => ((await stats(page))?.video.framesDecoded ?? 0) > before + 3);
  expect((await stats(page))?.state).toBe('playing');
});

test('the tab: the session is held, then given up', async () => {
  await until('a free slot', () => play(page, kilat.url, 'latency-probe').catch(() => undefined));
  expect(kilat.watch.named('Xvfb')).toHaveLength(1);
  await page.close({ runBeforeUnload: false });
  await until('nothing of the session runs', () => kilat.watch.named('Xvfb').length === 0, 15_000);
  page = await newPlayer(browser);
  await slotIsFree();
});

test('the media worker, while a session starts: the page connects anew, and the game begins', async () => {
  await page.goto(`${kilat.url}/play/freedoom`);
  await until('a session process', () => kilat.watch.named('session-process.ts').length > 0);
  kill('mediasoup-worker');
  // A connection that is never made is given up after ten seconds: the edge's word comes before that.
  await untilState(page, 'playing', 9_000);
  await page.close();
  await slotIsFree();
});

test('the edge agent: the player is told, and the next edge serves', async () => {
  await until('a free slot', () => play(page, kilat.url, 'latency-probe').catch(() => undefined));
  await kilat.edge.kill();
  await untilState(page, 'reconnecting');
  await until(
    'nothing of the agent runs',
    () => kilat.watch.named('Xvfb').length === 0 && kilat.watch.named('mediasoup-worker').length === 0,
  );
  kilat.edge.start();
  await untilState(page, 'ended', 20_000);
  await page.getByRole('heading', { name: 'The machine went away' }).waitFor();
  expect(await page.getByText('Nothing interrupted this game').count()).toBe(0);
  await slotIsFree();
});
