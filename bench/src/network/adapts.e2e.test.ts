import { launchBrowser } from '@kilat/e2e/browser';
import { type Kilat, startKilat } from '@kilat/e2e/kilat';
import { newPlayer, play, stats } from '@kilat/e2e/play-page';
import { until } from '@kilat/e2e/until';
import type { LinkStep, NetworkProfile } from '@kilat/shared/network/profile';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../../scripts/serve/free-port.mjs';
import { Relay } from './relay-handle.ts';

// A real session through the relay, whose path becomes worse and better. How well it does is measured by
// `npm run bench -- network`; here only that it follows.

const TITLE = 'latency-probe-busy';
const WITHIN_MS = 60_000;

const path = (name: string, step: Omit<LinkStep, 'fromMs'>): NetworkProfile => ({
  name,
  about: name,
  seed: 7,
  down: { steps: [{ fromMs: 0, delayMs: 20, queueMs: 100, ...step }] },
  up: { steps: [{ fromMs: 0, delayMs: 20 }] },
});
const WIDE = path('wide', { kbps: 20_000 });
const NARROW = path('narrow', { kbps: 2_000 });
const LOSSY = path('lossy', { kbps: 20_000, loss: { kind: 'random', percent: 2 } });

let kilat: Kilat;
let browser: Browser;
let relay: Relay;
let page: Page;

beforeAll(async () => {
  const port = await freePort();
  [kilat, browser] = await Promise.all([
    startKilat({ slots: 1, env: { KILAT_EDGE_ANNOUNCED_PORT: String(port) } }),
    launchBrowser(),
  ]);
  relay = await Relay.start(port, { address: '127.0.0.1', port: kilat.mediaPort }, WIDE);
  page = await newPlayer(browser);
});

afterAll(async () => {
  await browser?.close();
  relay?.close();
  await kilat?.close();
});

const video = async () => (await stats(page))?.video;
const asked = async () => (await video())?.rendition?.bitrateKbps ?? 0;
const shown = async () => (await video())?.framesDecoded ?? 0;
/** The picture goes on: so many more frames. */
async function moves(frames = 60): Promise<void> {
  const before = await shown();
  await until(`${frames} more frames`, async () => (await shown()) >= before + frames, WITHIN_MS);
}

test('on a wide path the bitrate grows from its careful start', async () => {
  await play(page, kilat.url, TITLE);
  await until('5 Mb/s', async () => (await asked()) > 5_000, WITHIN_MS);
});

test('on a narrow path it falls below its capacity, and the picture goes on', async () => {
  await relay.use(NARROW);
  await until('less than 2 Mb/s', async () => (await asked()) < 2_000, WITHIN_MS);
  await moves();
  // The queue is not left standing: most of the time it is short.
  const { down } = await relay.read();
  const lately = down.slice(-100).map(({ queueMs }) => queueMs);
  expect(lately.filter((queueMs) => queueMs < 50).length).toBeGreaterThan(lately.length / 2);
});

test('when the path is wide again the bitrate comes back', async () => {
  await relay.use(WIDE);
  await until('5 Mb/s', async () => (await asked()) > 5_000, WITHIN_MS);
});

test('loss alone does not take the bitrate away, and what is lost is sent again', async () => {
  await relay.use(LOSSY);
  await until('lost packets', async () => ((await video())?.packetsLost ?? 0) > 20, WITHIN_MS);
  await moves();
  expect(await asked()).toBeGreaterThan(3_000);
});
