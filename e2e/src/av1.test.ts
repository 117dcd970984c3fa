import { join } from 'node:path';
import { PROBE_START, type ProbeState } from '@kilat/shared/title/probe-code';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { wrongColours } from './colour-patches.ts';
import { type Kilat, startKilat } from './kilat.ts';
import { readProbe, steadyPicture } from './picture.ts';
import { newPlayer, play, stats, untilState } from './play-page.ts';
import { pressRandomKeys } from './probe-keys.ts';
import { until } from './until.ts';

let kilat: Kilat;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  const titles = [join(import.meta.dirname, '../titles')];
  const env = { KILAT_EDGE_CODEC: 'av1' };
  [kilat, browser] = await Promise.all([
    startKilat({ slots: 2, titles, warm: ['latency-probe'], env }),
    launchBrowser(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await kilat?.close();
});
beforeEach(async () => {
  page = await newPlayer(browser);
  return () => page.context().close();
});

const shows = (wanted: ProbeState) => async () => {
  const state = (await readProbe(page))?.state;
  return state?.number === wanted.number && state.hash === wanted.hash;
};

test('a round trip in AV1 from a warm slot; a browser without it that takes over goes on in H.264, and back', async () => {
  const { sessionId } = await play(page, kilat.url, 'latency-probe');
  let expected = await pressRandomKeys(page, PROBE_START, 30);
  await until('the last key', shows(expected), 5_000);
  const { inputs, latencyMs, measure, video } = await until('all inputs matched', async () => {
    const figures = await stats(page);
    return figures && figures.inputs.matched >= 30 && figures;
  });
  expect({ codec: video.codec, measure, unmatched: inputs.unmatched }).toEqual({
    ...{ codec: 'AV1', measure: 'photon', unmatched: 0 },
  });
  expect(latencyMs?.p50).toBeGreaterThan(1);
  await until('no second key frame for nothing', async () => ((await stats(page))?.video.keyFrames ?? 0) <= 3);

  await page.addInitScript({
    content: `
      const { createOffer } = RTCPeerConnection.prototype;
      RTCPeerConnection.prototype.createOffer = async function (...args) {
        const { type, sdp } = await createOffer.apply(this, args);
        const has = sessionStorage.getItem('av1') === 'yes';
        return { type, sdp: has ? sdp : sdp.replaceAll('AV1/90000', 'AVX/90000') };
      };`,
  });
  for (const codec of ['H264', 'AV1']) {
    if (codec === 'AV1') await page.evaluate(() => sessionStorage.setItem('av1', 'yes'));
    await page.reload();
    expect((await untilState(page, 'playing')).sessionId).toBe(sessionId);
    await until('the same picture', shows(expected), 5_000);
    expected = await pressRandomKeys(page, expected, 5);
    await until('the keys pressed now', shows(expected), 5_000);
    await until(`in ${codec}`, async () => (await stats(page))?.video.codec === codec, 5_000);
  }
});

test('flat colours arrive within 4 of 255 in AV1', async () => {
  await play(page, kilat.url, 'colour-chart');
  await until('AV1', async () => (await stats(page))?.video.codec === 'AV1', 5_000);
  await steadyPicture(page);
  expect(await wrongColours(page)).toEqual([]);
});
