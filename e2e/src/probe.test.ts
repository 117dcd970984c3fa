import { PROBE_START, type ProbeState, nextProbeState } from '@kilat/shared/title/probe-code';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { type Kilat, startKilat } from './kilat.ts';
import { readProbe } from './picture.ts';
import { newPlayer, play, stats } from './play-page.ts';
import { pressRandomKeys } from './probe-keys.ts';
import { until } from './until.ts';

let kilat: Kilat;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [kilat, browser] = await Promise.all([startKilat({ slots: 2, warm: ['latency-probe'] }), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await kilat?.close();
});

const shows = (wanted: ProbeState) => () =>
  readProbe(page).then((probe) => probe?.state.number === wanted.number && probe.state.hash === wanted.hash && probe);

test.each(['latency-probe', 'latency-probe-moving'])('%s shows exactly the keys that were pressed', async (title) => {
  page = await newPlayer(browser);
  await play(page, kilat.url, title);
  await until('the untouched probe', shows(PROBE_START));
  const expected = await pressRandomKeys(page, PROBE_START, 40);
  const probe = await until('the last key', shows(expected), 5_000);
  expect(probe.flipped).toBe(expected.number % 2 === 1);

  await page.mouse.click(500, 500, { button: 'left' });
  await until('the click', shows(nextProbeState(expected, 0x110)), 5_000);
});

test('every press was followed to its photon, stage by stage', async () => {
  const { inputs, measure, latencyMs, stagesMs, video } = await until('all inputs matched', async () => {
    const figures = await stats(page);
    return figures && figures.inputs.matched >= 41 && figures;
  });
  expect(measure).toBe('photon');
  expect(video.codec).toBe('H264');
  expect(inputs.unmatched).toBe(0);
  expect(latencyMs?.p50).toBeGreaterThan(1);
  const total = Object.values(stagesMs).reduce((sum, stage) => sum + (stage?.p50 ?? 0), 0);
  expect(Math.abs(total - (latencyMs?.p50 ?? 0))).toBeLessThan(0.5 * (latencyMs?.p50 ?? 0));
  await page.context().close();
});
