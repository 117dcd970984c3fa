import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { type Kilat, startKilat } from './kilat.ts';
import { newPlayer, play, untilState } from './play-page.ts';

let kilat: Kilat;
let browser: Browser;
let page: Page;
let manifests: string;

beforeAll(async () => {
  manifests = await mkdtemp(join(tmpdir(), 'kilat-manifests-'));
  await writeFile(
    join(manifests, 'wrong.yaml'),
    'kind: game\nid: wrong\nname: Wrong\ndisplay: { width: 12, height: 720, fps: 60 }\n',
  );
  [kilat, browser] = await Promise.all([startKilat({ slots: 1, titles: [manifests] }), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await kilat?.close();
  await rm(manifests, { recursive: true, force: true });
});

beforeEach(async () => {
  page = await newPlayer(browser);
});

afterEach(async () => {
  await page.context().close();
});

async function isRefused(title: string, words: string): Promise<void> {
  await page.goto(`${kilat.url}/play/${title}`);
  await untilState(page, 'refused');
  await page.getByText(words).first().waitFor();
}

test('an unknown title', () => isRefused('no-such-title', 'No such game here'));

test('a browser without WebRTC, before anything is started', async () => {
  await page.addInitScript(() => {
    Reflect.deleteProperty(window, 'RTCPeerConnection');
  });
  await isRefused('latency-probe', 'This browser cannot play');
  expect(kilat.watch.named('Xvfb')).toHaveLength(0);
});

test('a browser without H.264, before anything is started', async () => {
  await page.addInitScript({
    content: `
      const { createOffer } = RTCPeerConnection.prototype;
      RTCPeerConnection.prototype.createOffer = async function (...args) {
        const { type, sdp } = await createOffer.apply(this, args);
        return { type, sdp: sdp.replaceAll('H264/90000', 'H26X/90000') };
      };`,
  });
  await isRefused('latency-probe', 'cannot decode H.264');
  expect(kilat.watch.named('Xvfb')).toHaveLength(0);
});

test('a full edge, whose next free seat is taken by itself', async () => {
  const other = await newPlayer(browser);
  await play(other, kilat.url, 'latency-probe');
  await isRefused('latency-probe', 'Every seat is taken');
  await other.keyboard.press('F9');
  await other.getByRole('button', { name: 'Leave game' }).click();
  await untilState(page, 'playing');
  await other.context().close();
});

test('no edge, until one comes', async () => {
  await kilat.edge.stop();
  await isRefused('freedoom', 'No machine is connected');
  kilat.edge.start();
  await untilState(page, 'playing');
});

test('a bad manifest is named with file, field and reason; the others are there', async () => {
  const line = kilat.indexer.log.find((text) => text.includes('wrong.yaml') && text.includes('display.width'));
  expect(line).toMatch(/320/);
  const { titles } = (await (await fetch(`${kilat.url}/api/titles`)).json()) as { titles: { id: string }[] };
  expect(titles.map(({ id }) => id)).toContain('freedoom');
  expect(titles.map(({ id }) => id)).not.toContain('wrong');
});
