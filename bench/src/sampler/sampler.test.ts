import { launchBrowser } from '@kilat/e2e/browser';
import { LINUX_KEY_CODES } from '@kilat/shared/input/keys';
import { nextProbeState, PROBE_CODE, PROBE_FLIP, PROBE_START, probeCells } from '@kilat/shared/title/probe-code';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { samplerContext } from '../products/browser.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

/** A page that answers a press after `delayMs`, on a canvas or on a video of it. */
async function openAnswering(kind: 'canvas' | 'video', delayMs: number): Promise<Page> {
  const context = await samplerContext(browser, kind);
  await context.route('http://kilat.test/', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<body style="margin:0">' }),
  );
  const page = await context.newPage();
  await page.goto('http://kilat.test/');
  await page.evaluate(
    async ({ kind, delayMs, code, flip, pictures }) => {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [1280, 720];
      const pen = canvas.getContext('2d') as CanvasRenderingContext2D;
      const paint = (number: number, flipped = number % 2 === 1) => {
        pen.fillStyle = '#000';
        pen.fillRect(0, 0, 1280, 720);
        pen.fillStyle = '#fff';
        (pictures[number] as boolean[]).forEach((white, cell) => {
          if (white)
            pen.fillRect(
              code.x + code.cell * (cell % code.columns),
              code.y + code.cell * Math.floor(cell / code.columns),
              code.cell,
              code.cell,
            );
        });
        if (flipped) pen.fillRect(flip.x, flip.y, flip.width, flip.height);
      };
      paint(0);
      let number = 0;
      addEventListener('keydown', ({ code: key }) => {
        const next = ++number;
        if (key === 'KeyT')
          paint(next, next % 2 === 0); // Torn: the patch does not match.
        else if (key !== 'KeyN') setTimeout(() => paint(next), delayMs);
      });
      if (kind === 'canvas') {
        document.body.append(canvas);
        return;
      }
      const video = document.createElement('video');
      video.muted = true;
      video.srcObject = canvas.captureStream(60);
      document.body.append(video);
      await video.play();
    },
    { kind, delayMs, code: PROBE_CODE, flip: PROBE_FLIP, pictures: pictures() },
  );
  await expect.poll(() => page.evaluate(() => globalThis.kilatBench.ready()), { timeout: 5_000 }).toBe(true);
  await page.evaluate(() => globalThis.kilatBench.begin());
  return page;
}

/** Cells after so many presses of A. */
function pictures(): boolean[][] {
  const states = [PROBE_START];
  for (let press = 0; press < 20; press++)
    states.push(nextProbeState(states.at(-1) as typeof PROBE_START, LINUX_KEY_CODES.KeyA));
  return states.map(probeCells);
}

const settled = (page: Page) =>
  expect.poll(() => page.evaluate(() => globalThis.kilatBench.outstanding()), { timeout: 3_000 }).toBe(0);

test.each(['canvas', 'video'] as const)(
  'an answer on a %s is found when it is there, not before and not much after',
  async (kind) => {
    const page = await openAnswering(kind, 80);
    for (let press = 0; press < 5; press++) {
      await page.keyboard.press('KeyA');
      await settled(page);
    }
    const { presses, finalAgrees, readCostsMs } = await page.evaluate(() => globalThis.kilatBench.end());
    await page.context().close();
    expect(presses).toHaveLength(5);
    expect(finalAgrees).toBe(true);
    for (const press of presses) {
      expect(press).toMatchObject({ exact: true, hashAgrees: true });
      expect(press.totalMs).toBeGreaterThan(80);
    }
    // Two frames of the browser's own after the draw, and what a busy machine adds.
    expect(presses.map(({ totalMs }) => totalMs ?? 999).sort((a, b) => a - b)[2]).toBeLessThan(80 + 60);
    expect(Math.min(...readCostsMs)).toBeLessThan(5);
  },
);

test('a press that is never answered is outstanding to the end, and the last picture is stale', async () => {
  const page = await openAnswering('canvas', 5);
  await page.keyboard.press('KeyA');
  await settled(page);
  await page.keyboard.press('KeyN');
  const reading = await page.evaluate(() => globalThis.kilatBench.end());
  await page.context().close();
  expect(reading.presses.map(({ totalMs }) => totalMs === null)).toEqual([false, true]);
  expect(reading.finalAgrees).toBe(false);
});

test('a torn picture is no answer; a later whole one answers both presses, the first not exactly', async () => {
  const page = await openAnswering('canvas', 60);
  await page.keyboard.press('KeyT');
  await page.keyboard.press('KeyA');
  await settled(page);
  const reading = await page.evaluate(() => globalThis.kilatBench.end());
  await page.context().close();
  expect(reading.unreadable).toBeGreaterThan(0);
  expect(reading.presses.map(({ exact }) => exact)).toEqual([false, true]);
  expect(Math.min(...reading.presses.map(({ totalMs }) => totalMs ?? 0))).toBeGreaterThan(60);
});

test('keys that a script makes up do not count', async () => {
  const page = await openAnswering('canvas', 5);
  await page.evaluate(() => dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyA' })));
  const reading = await page.evaluate(() => globalThis.kilatBench.end());
  await page.context().close();
  expect(reading.presses).toEqual([]);
});
