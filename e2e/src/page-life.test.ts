import { SessionRecord } from '@kilat/shared/session/record';
import { PROBE_START } from '@kilat/shared/title/probe-code';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { type Kilat, startKilat } from './kilat.ts';
import { newPlayer, play, stats, untilState } from './play-page.ts';
import { pressRandomKeys } from './probe-keys.ts';
import { until } from './until.ts';

// A page that is closed or reloaded while a game is played in it.

let kilat: Kilat;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [kilat, browser] = await Promise.all([startKilat({ slots: 4 }), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await kilat?.close();
});

beforeEach(async () => {
  page = await newPlayer(browser);
  return () => page.context().close();
});

async function leave(): Promise<void> {
  await page.keyboard.press('F9');
  await page.getByRole('button', { name: 'Leave game' }).click();
  await untilState(page, 'ended');
}

const matched = (least: number) =>
  until('matched inputs', async () => ((await stats(page))?.inputs.matched ?? 0) >= least);

test('a tab asks before it is closed, until the game is left', async () => {
  await play(page, kilat.url, 'latency-probe');
  await page.mouse.click(640, 360);
  const asked = page.waitForEvent('dialog');
  await page.close({ runBeforeUnload: true });
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.dismiss();
  expect((await untilState(page, 'playing')).state).toBe('playing');

  await leave();
  let askedAgain = false;
  page.on('dialog', () => {
    askedAgain = true;
  });
  const closed = page.waitForEvent('close');
  await page.close({ runBeforeUnload: true });
  await closed;
  expect(askedAgain).toBe(false);
});

test('a closed tab says goodbye: its game is held at once, not when its silence is noticed', async () => {
  const { sessionId } = await play(page, kilat.url, 'latency-probe');
  await pressRandomKeys(page, PROBE_START, 1);
  await matched(1);
  await page.close();
  const closedAtMs = Date.now();
  const held = await until('a held session', async () => {
    const answer = await page.context().request.get(`${kilat.url}/api/sessions/${sessionId}`);
    return SessionRecord.parse(await answer.json()).events.find(({ event }) => event.type === 'held');
  });
  // The edge takes four seconds of silence for a player who is gone.
  expect(held.atMs - closedAtMs).toBeLessThan(2_500);
});

test('Back opens the menu of a game that is played; Back from the menu leaves it', async () => {
  await page.goto(kilat.url);
  await page.getByRole('link', { name: 'Play Latency probe', exact: true }).click();
  await untilState(page, 'playing');
  const menu = page.getByRole('dialog');

  await page.goBack();
  await menu.waitFor();
  expect((await stats(page))?.state).toBe('playing');
  await menu.getByRole('button', { name: 'Resume' }).click();
  await menu.waitFor({ state: 'hidden' });

  // From the keyboard, too, the menu is one step before the way out.
  await page.keyboard.press('F9');
  await menu.waitFor();
  await page.goBack();
  await page.waitForURL(`${kilat.url}/`);
  await untilState(page, 'ended');
});

test('a reload of the summary is no launch', async () => {
  await play(page, kilat.url, 'latency-probe');
  await leave();
  await page.reload();
  await page.getByRole('link', { name: 'Play Latency probe', exact: true }).waitFor();
  expect(page.url()).toBe(`${kilat.url}/`);
  expect(await stats(page)).toBeUndefined();
});

test('the catalogue says that a game waits for this tab, and leads back to it', async () => {
  const { sessionId } = await play(page, kilat.url, 'latency-probe');
  await page.goto(kilat.url);
  await page.getByRole('link', { name: 'Continue Latency probe', exact: true }).click();
  expect((await untilState(page, 'playing')).sessionId).toBe(sessionId);
  await leave();
  await page.goto(kilat.url);
  await page.getByRole('link', { name: 'Play Latency probe', exact: true }).waitFor();
});

/** Until the page has put a second of the session down. */
const aSecondOfPlay = () =>
  until('a second of play', async () => ((await stats(page))?.video.framesPerSecond ?? 0) > 0);

test('the summary after a reload is of the whole session', async () => {
  await play(page, kilat.url, 'latency-probe');
  await pressRandomKeys(page, PROBE_START, 6);
  await matched(6);
  await aSecondOfPlay();
  await page.reload();
  await untilState(page, 'playing');
  await pressRandomKeys(page, PROBE_START, 4);
  await matched(4);
  await aSecondOfPlay();
  await leave();
  await page.getByText('The page was reloaded').first().waitFor();
  const words = await page.getByText('inputs were followed to the screen').innerText();
  expect(Number(/(\d+) of \d+ inputs/.exec(words)?.[1])).toBeGreaterThanOrEqual(10);
});
