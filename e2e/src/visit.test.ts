import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { type Kilat, startKilat } from './kilat.ts';
import { newPlayer, play, stats, untilState } from './play-page.ts';
import { until } from './until.ts';

// One visit as a player makes it: open the page, click a game, look at the figures, leave.

const ABSENT = `
kind: game
id: absent
name: Absent
summary: Its program is nowhere.
command: /usr/games/kilat-no-such-game
display: { width: 1280, height: 720, fps: 60 }
input: [keyboard]
mouse: none
cover: absent.png
warm: { keep: display }
install: { apt: [kilat-no-such-game], downloadMb: 7 }
licence: { spdx: Apache-2.0, source: Kilat }
`;

let kilat: Kilat;
let browser: Browser;
let page: Page;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kilat-absent-'));
  await writeFile(join(folder, 'absent.yaml'), ABSENT);
  const env = { KILAT_IDLE_MINUTES: '0.2' };
  [kilat, browser] = await Promise.all([startKilat({ slots: 1, titles: [folder], env }), launchBrowser()]);
  page = await newPlayer(browser);
});

afterAll(async () => {
  await browser?.close();
  await kilat?.close();
  await rm(folder, { recursive: true, force: true });
});

test('the catalogue shows each title with its cover, and how to install what is missing', async () => {
  await page.goto(kilat.url);
  await page.getByRole('link', { name: 'Play Freedoom: Phase 1' }).waitFor();
  const covers = page.locator('img[src^="/covers/"]:not([src*="absent"])');
  await until('loaded covers', () =>
    covers.evaluateAll((images) => images.length >= 6 && images.every((image) => (image as HTMLImageElement).complete)),
  );
  const widths = await covers.evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth));
  expect(Math.min(...widths)).toBeGreaterThan(0);
  await page.getByText('sudo apt-get install -y kilat-no-such-game').waitFor();
  expect(await page.getByRole('link', { name: 'Play Absent' }).count()).toBe(0);
});

test('a click plays, within one page', async () => {
  await page.getByRole('link', { name: 'Play Freedoom: Phase 1' }).click();
  const { launchMs, title } = await untilState(page, 'playing');
  expect(title).toBe('freedoom');
  expect(new URL(page.url()).pathname).toBe('/play/freedoom');
  expect(launchMs['first-frame']).toBeGreaterThan(0);
});

test('one key shows the live figures', async () => {
  await page.keyboard.press('F8');
  await page.getByRole('complementary', { name: 'Live figures' }).waitFor();
  await page.keyboard.press('ArrowLeft', { delay: 50 });
  await until('a measured input', async () => ((await stats(page))?.inputs.matched ?? 0) > 0);
});

test('whoever is idle is warned, and stays by pressing a key', async () => {
  const warning = page.getByText(/still there/i).first();
  await warning.waitFor({ timeout: 15_000 });
  await page.keyboard.press('ArrowRight', { delay: 50 });
  await warning.waitFor({ state: 'hidden' });
  expect((await stats(page))?.state).toBe('playing');
});

test('leaving ends the session at once and tells how it was', async () => {
  await page.keyboard.press('F9');
  await page.getByRole('button', { name: 'Leave game' }).click();
  await untilState(page, 'ended');
  await page.getByText('Good game').first().waitFor();
  await until('nothing of the session runs', () => kilat.watch.named('Xvfb').length === 0);
});

test('whoever stays idle gives the seat back', async () => {
  await until('a free slot', () => play(page, kilat.url, 'latency-probe').catch(() => undefined));
  await untilState(page, 'ended', 30_000);
  await page.getByText('Ended after a long pause').first().waitFor();
});
