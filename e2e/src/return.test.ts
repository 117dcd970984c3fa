import { untilHealthy } from '../../scripts/serve/readiness.mjs';
import { PROBE_START } from '@kilat/shared/title/probe-code';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { type Kilat, startKilat } from './kilat.ts';
import { readProbe } from './picture.ts';
import { newPlayer, play, untilState } from './play-page.ts';
import { pressRandomKeys } from './probe-keys.ts';
import { until } from './until.ts';

// Coming back to a session that goes on: the probe's count shows that it is the same one, and that keys still arrive.

let kilat: Kilat;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [kilat, browser] = await Promise.all([startKilat({ slots: 10 }), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await kilat?.close();
});

beforeEach(async () => {
  page = await newPlayer(browser);
  return () => page.context().close();
});

const count = async () => (await readProbe(page))?.state.number;

/** Presses keys until the probe, which stood at `from`, has counted them all. */
async function stillPlays(from: number): Promise<number> {
  await pressRandomKeys(page, PROBE_START, 5);
  await until('five more presses', async () => (await count()) === from + 5);
  return from + 5;
}

test('after a reload of the page', async () => {
  const { sessionId } = await play(page, kilat.url, 'latency-probe');
  const counted = await stillPlays(0);
  await page.reload();
  const resumed = await untilState(page, 'playing');
  expect(resumed.sessionId).toBe(sessionId);
  await until('the same picture', async () => (await count()) === counted);
  await stillPlays(counted);
});

test('a duplicated tab gets a session of its own and leaves the first one alone', async () => {
  const { sessionId } = await play(page, kilat.url, 'latency-probe');
  const counted = await stillPlays(0);
  const memory = await page.evaluate(() => Object.entries({ ...sessionStorage }) as [string, string][]);
  const duplicate = await page.context().newPage();
  await duplicate.addInitScript((entries) => {
    for (const [key, value] of entries) sessionStorage.setItem(key, value);
  }, memory);
  expect((await play(duplicate, kilat.url, 'latency-probe')).sessionId).not.toBe(sessionId);
  await page.bringToFront();
  await stillPlays(counted);
  expect((await untilState(page, 'playing')).sessionId).toBe(sessionId);
});

test('after the media worker died', async () => {
  const { sessionId } = await play(page, kilat.url, 'latency-probe');
  const counted = await stillPlays(0);
  const [worker] = kilat.watch.named('mediasoup-worker');
  process.kill(worker?.pid ?? 0, 'SIGKILL');
  // Too short to be sure to see it in the page.
  await until('a new transport', () =>
    kilat.indexer.log.some((line) => line.includes('session resumed') && line.includes(String(sessionId))),
  );
  expect((await untilState(page, 'playing')).sessionId).toBe(sessionId);
  await until('the same picture', async () => (await count()) === counted);
  await stillPlays(counted);
});

test('after the media worker died, and the next one as soon as it was there', async () => {
  const { sessionId } = await play(page, kilat.url, 'latency-probe');
  const counted = await stillPlays(0);
  const workers = () => kilat.watch.named('mediasoup-worker').map(({ pid }) => pid);
  const [first = 0] = workers();
  process.kill(first, 'SIGKILL');
  const second = await until('the next worker', async () => workers().find((pid) => pid !== first));
  process.kill(second, 'SIGKILL');
  await untilState(page, 'reconnecting');
  expect((await untilState(page, 'playing')).sessionId).toBe(sessionId);
  await until('the same picture', async () => (await count()) === counted);
  await stillPlays(counted);
});

test('after the network was silent', async () => {
  const { sessionId } = await play(page, kilat.url, 'latency-probe');
  const counted = await stillPlays(0);
  const [worker] = kilat.watch.named('mediasoup-worker');
  process.kill(worker?.pid ?? 0, 'SIGSTOP');
  await untilState(page, 'reconnecting');
  process.kill(worker?.pid ?? 0, 'SIGCONT');
  expect((await untilState(page, 'playing')).sessionId).toBe(sessionId);
  await until('the same picture', async () => (await count()) === counted);
  await stillPlays(counted);
});

test('while the Indexer is dead, and after it came back', async () => {
  const { sessionId } = await play(page, kilat.url, 'latency-probe');
  let counted = await stillPlays(0);
  await kilat.indexer.kill();
  counted = await stillPlays(counted);
  kilat.indexer.start();
  await kilat.ready();
  counted = await stillPlays(counted);
  await page.reload();
  expect((await untilState(page, 'playing')).sessionId).toBe(sessionId);
  await stillPlays(counted);
});

test('reloaded when the Indexer is back and has not heard of its edges yet', async () => {
  const { sessionId } = await play(page, kilat.url, 'latency-probe');
  const counted = await stillPlays(0);
  await kilat.indexer.kill();
  kilat.indexer.start();
  await untilHealthy(kilat.url, AbortSignal.timeout(30_000));
  await page.reload();
  expect((await untilState(page, 'playing')).sessionId).toBe(sessionId);
  await until('the same picture', async () => (await count()) === counted);
  await stillPlays(counted);
});
