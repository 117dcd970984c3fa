import { chmod, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../../scripts/setup/command.mjs';
import { repository } from '../../scripts/setup/places.mjs';
import { launchBrowser } from './browser.ts';
import { fakeGamepads, playedEffects, setPad } from './fake-pads.ts';
import { type Kilat, startKilat } from './kilat.ts';
import { difference, readPicture, steadyPicture } from './picture.ts';
import { newPlayer, play, stats } from './play-page.ts';
import { sidewaysShift } from './shift.ts';
import { until } from './until.ts';

// Gamepads of the page's browser, in a title that is a real SDL2 program: it draws a row for each pad, with a square where
// the left stick is, white while the south button is held, and shakes the pad then.

const COLUMNS = 64;
const ROWS_OF_PAD = 9;
/** Freedoom's view without weapon and status bar, in the grid of 64 × 36. */
const VIEW = { columns: 64, firstRow: 3, endRow: 20, most: 24 };
/** Background, square, square of a held button: 45, 128 and 255. */
const SQUARE = 90;
const WHITE = 200;

let kilat: Kilat;
let browser: Browser;
let page: Page;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kilat-pad-field-'));
  // The title may run as a user of its own.
  await chmod(folder, 0o755);
  const build = join(repository, 'edge-renderer/native/build.sh');
  await runCommand('The SDL2 title could not be built.', build, [folder, 'pad-field']);
  await copyFile(join(import.meta.dirname, '../titles/pointer-field.png'), join(folder, 'pad-field.png'));
  await writeFile(
    join(folder, 'pad-field.yaml'),
    `
kind: game
id: pad-field
name: Pad field
summary: A square for each gamepad; for tests.
command: "{titles}/pad-field"
args: [--window]
env: { SDL_VIDEODRIVER: x11 }
display: { width: 1280, height: 720, fps: 60 }
input: [gamepad]
mouse: none
sound: false
cover: pad-field.png
warm: { keep: display }
install: { apt: [], downloadMb: 0 }
licence: { spdx: Apache-2.0, source: Kilat }
`,
  );
  [kilat, browser] = await Promise.all([startKilat({ slots: 2, titles: [folder] }), launchBrowser()]);
  page = await newPlayer(browser);
  await fakeGamepads(page);
  await play(page, kilat.url, 'pad-field');
});

afterAll(async () => {
  await browser?.close();
  await kilat?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Where the pad's square is, 0 (left) … 1, and whether its button is held; undefined while there is none. */
async function square(row: number): Promise<{ x: number; held: boolean } | undefined> {
  const picture = await readPicture(page);
  const cells = picture
    .slice(row * ROWS_OF_PAD * COLUMNS, (row + 1) * ROWS_OF_PAD * COLUMNS)
    .flatMap((brightness, place) => (brightness > SQUARE ? [{ column: place % COLUMNS, brightness }] : []));
  if (cells.length < 4) return undefined;
  const middle = cells.reduce((sum, { column }) => sum + column + 0.5, 0) / cells.length / COLUMNS;
  const margin = 120 / 1280 / 2;
  return { x: (middle - margin) / (1 - 2 * margin), held: Math.max(...cells.map((cell) => cell.brightness)) > WHITE };
}

const squareAt = (row: number, x: number) =>
  until(`pad ${row} at ${x}`, async () => Math.abs(((await square(row))?.x ?? -9) - x) < 0.03, 10_000);
const heldIs = (row: number, held: boolean) =>
  until(`button of pad ${row} ${held}`, async () => (await square(row))?.held === held, 10_000);

test('a pad that comes is plugged in, its stick moves, its button shakes it', async () => {
  expect(await square(0)).toBeUndefined();
  await setPad(page, 0, {});
  await squareAt(0, 0.5);
  for (const axis of [1, -1, 0.5, -0.25, 0]) {
    await setPad(page, 0, { axes: [axis, 0, 0, 0] });
    await squareAt(0, (axis + 1) / 2);
  }
  await setPad(page, 0, { buttons: { 0: 1 } });
  await heldIs(0, true);
  const [effect] = await until('rumble', async () => {
    const effects = await playedEffects(page);
    return effects.length > 0 && effects;
  });
  expect(effect).toMatchObject({
    pad: 0,
    strongMagnitude: expect.closeTo(1, 2),
    weakMagnitude: expect.closeTo(0.25, 2),
  });
  // SDL stops it after the 300 ms the title asked for.
  await until('its end', async () => (await playedEffects(page)).at(-1)?.strongMagnitude === 0);
  await setPad(page, 0, {});
  await heldIs(0, false);
});

test('what is held is let go when the page loses the focus or opens its menu', async () => {
  const held = { axes: [1, 0, 0, 0], buttons: { 0: 1 } };
  await setPad(page, 0, held);
  await heldIs(0, true);
  await page.keyboard.press('F9');
  await page.getByRole('dialog').getByText('Gamepad 1 of the game').waitFor();
  await heldIs(0, false);
  await squareAt(0, 0.5);
  await page.keyboard.press('F9');
  await heldIs(0, true);
  await page.evaluate(() => {
    Object.defineProperty(document, 'hasFocus', { value: () => false, configurable: true });
    dispatchEvent(new Event('blur'));
  });
  await heldIs(0, false);
  await page.evaluate(() => Reflect.deleteProperty(document, 'hasFocus'));
  await heldIs(0, true);
  await setPad(page, 0, {});
});

test('four pads are four, a fifth is none, and one that goes is pulled out', async () => {
  for (const index of [1, 2, 3, 4]) {
    await setPad(page, index, { axes: [index / 4, 0, 0, 0] });
    if (index < 4) await squareAt(index, (index / 4 + 1) / 2);
  }
  await setPad(page, 2, undefined);
  // The fifth takes its place.
  await squareAt(2, 1);
  for (const index of [1, 3, 4]) await setPad(page, index, undefined);
  for (const row of [1, 2, 3]) await until(`no pad ${row}`, async () => (await square(row)) === undefined);
  expect(await square(0)).toBeDefined();
});

test('a pad stays plugged in over a reload, at rest until it is touched', async () => {
  await setPad(page, 0, { axes: [1, 0, 0, 0] });
  await squareAt(0, 1);
  await page.reload();
  await until('the picture again', async () => (await readPicture(page)).length > 0);
  await squareAt(0, 0.5);
  await setPad(page, 3, { axes: [-1, 0, 0, 0] });
  await squareAt(0, 0);
  await setPad(page, 3, undefined);
});

test('a pad whose buttons the browser does not know is told in words', async () => {
  await setPad(page, 1, { id: 'Old stick (Vendor: 0079 Product: 0006)', mapping: '' });
  await page.getByRole('status').getByText('Old stick: The browser does not know its buttons.').waitFor();
  await setPad(page, 1, undefined);
});

test('Freedoom is played with a gamepad: the right stick turns the view, the trigger shoots', async () => {
  const player = await newPlayer(browser);
  await fakeGamepads(player);
  await play(player, kilat.url, 'freedoom');
  await setPad(player, 0, {});
  const ahead = await steadyPicture(player);
  await setPad(player, 0, { axes: [0, 0, 1, 0] });
  await until('another view', async () => difference(ahead, await readPicture(player)) > 4);
  await setPad(player, 0, {});
  const right = await steadyPicture(player);
  await setPad(player, 0, { axes: [0, 0, -0.6, 0] });
  await until('a view to the left', async () => sidewaysShift(right, await readPicture(player), VIEW) < -1);
  await setPad(player, 0, { buttons: { 7: 1 } });
  const before = (await stats(player))?.audio.energy ?? 0;
  await until('a shot to be heard', async () => ((await stats(player))?.audio.energy ?? 0) > before + 1e-4);
  await player.context().close();
});
