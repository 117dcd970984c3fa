import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { AllPlayerSaves, type PlayerSaves } from '@kilat/shared/save/player-saves';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { type Kilat, type Server, startKilat } from './kilat.ts';
import { newPlayer, play, untilState } from './play-page.ts';
import { until } from './until.ts';

// A real Freedoom writes its savegames; the player finds them again whatever dies in between.

const SAVEGAME = '.dsda-doom/dsda_doom_data/freedoom1/dsda-doom-savegame0.dsg';
const SAVE_SECONDS = 2;

let kilat: Kilat;
let browser: Browser;
let page: Page;
/** Edges in turn, so that each launch meets another one than the launch before. */
let edges: Server[];

beforeAll(async () => {
  [kilat, browser] = await Promise.all([
    startKilat({
      slots: 1,
      warm: ['freedoom'],
      env: { KILAT_SAVE_SECONDS: String(SAVE_SECONDS), KILAT_HOLD_SECONDS: '3' },
    }),
    launchBrowser(),
  ]);
  edges = [kilat.edge, await kilat.furtherEdge()];
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

const playing = () => until('a free slot', () => play(page, kilat.url, 'freedoom').catch(() => undefined), 60_000);

/** Saves through the game's own menu, as a player would; `name` is added to the savegame's, and makes it one of its kind. */
async function saveGame(name: string): Promise<void> {
  for (const key of ['F2', 'Enter', ...name, 'Enter']) {
    await page.keyboard.press(key, { delay: 60 });
    await page.waitForTimeout(250);
  }
}

/** The savegame in the home of the running game, as its sandbox shows it: its content's hash, and the name it was given. */
function savegame(): { sha256: string; name: string } | undefined {
  // Beside it stand the sandbox's own programs, which have it among their arguments.
  const game = kilat.watch.named('dsda-doom').findLast(({ command }) => command[0]?.endsWith('dsda-doom'));
  if (game === undefined) return undefined;
  const home = /\0HOME=([^\0]*)/.exec(`\0${readFileSync(`/proc/${game.pid}/environ`, 'utf8')}`)?.[1] ?? '';
  try {
    const bytes = readFileSync(join(`/proc/${game.pid}/root`, home, SAVEGAME));
    return {
      sha256: createHash('sha256').update(bytes).digest('hex'),
      name: bytes.subarray(0, 24).toString('latin1').split('\0')[0]?.toLowerCase() ?? '',
    };
  } catch {
    return undefined;
  }
}

const written = (name: string) =>
  until(`a savegame named ${name}`, () => {
    const found = savegame();
    return found?.name.endsWith(name) && found;
  });
const mine = async (): Promise<PlayerSaves | undefined> =>
  AllPlayerSaves.parse(await (await page.request.get(`${kilat.url}/api/saves`)).json()).titles[0];
const endPage = async () => {
  await untilState(page, 'ended', 20_000);
  return page.getByRole('status', { name: 'Saved game' });
};

function kill(ending: string): void {
  for (const { pid } of kilat.watch.named(ending)) process.kill(pid, 'SIGKILL');
}

/** Stops the edge that played and starts the other one. */
async function toTheOtherEdge(): Promise<void> {
  const [last, next] = edges as [Server, Server];
  await last.stop();
  next.start();
  edges.reverse();
}

test('killed at random moments, a game is found again on another edge as it was saved', {
  timeout: 240_000,
}, async () => {
  await playing();
  for (const [round, [ending, waitMs]] of (
    [
      ['session-process.ts', 0],
      ['dsda-doom', Math.random() * 1_500],
      ['Xvfb', Math.random() * 3_000],
    ] as const
  ).entries()) {
    const name = 'abc'.charAt(round).repeat(3);
    await saveGame(name);
    const saved = await written(name);
    await setTimeout(waitMs);
    kill(ending);
    await expect.poll(async () => (await endPage()).textContent(), { timeout: 15_000 }).toMatch(/^Saved/);
    await toTheOtherEdge();
    await playing();
    expect(savegame(), `after ${ending} was killed ${Math.round(waitMs)} ms after the save`).toEqual(saved);
  }
});

test('leaving and playing again at once brings the last save with it', { timeout: 120_000 }, async () => {
  await playing();
  await saveGame('dd');
  const saved = await written('dd');
  await page.keyboard.press('F9');
  await page.getByRole('button', { name: 'Leave game' }).click();
  await untilState(page, 'ended');
  await page.getByRole('button', { name: 'Play again' }).click();
  await untilState(page, 'playing');
  await until('the savegame', () => savegame()?.sha256 === saved.sha256);
});

test('an agent that is killed loses nothing: the next one collects what it left', { timeout: 120_000 }, async () => {
  await playing();
  await saveGame('ee');
  const saved = await written('ee');
  const [edge] = edges as [Server, Server];
  await edge.kill();
  edge.start();
  await untilState(page, 'ended', 30_000);
  await until('the last save', async () => (await mine())?.versions.some(({ current, files }) => current && files > 0));
  await playing();
  expect(savegame()).toEqual(saved);
});

test('a save that is spoilt in the store is passed over, and the player told', { timeout: 120_000 }, async () => {
  await playing();
  await saveGame('ff');
  const good = await written('ff');
  await until('a stored version', async () => (await mine())?.versions.length === 1);
  await saveGame('gg');
  const spoilt = await written('gg');
  await until('another version', async () => (await mine())?.versions.length === 2);
  kill('session-process.ts');
  await endPage();
  const store = join(kilat.dataFolder, 'indexer', 'saves', spoilt.sha256.slice(0, 2));
  expect(readdirSync(store)).toContain(spoilt.sha256);
  writeFileSync(join(store, spoilt.sha256), 'spoilt');
  await playing();
  expect(savegame()).toEqual(good);
  kill('session-process.ts');
  await expect.poll(async () => (await endPage()).textContent(), { timeout: 15_000 }).toMatch(/damaged in storage/);
});
