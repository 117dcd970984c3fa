import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { findProgram } from '../../scripts/setup/find-program.mjs';
import { launchBrowser } from './browser.ts';
import { type Kilat, type KilatOptions, startKilat } from './kilat.ts';
import { newPlayer, untilState } from './play-page.ts';
import { until } from './until.ts';

// An edge that cannot do what it is asked: the player is told, and nothing is left behind.

const PROGRAMS = ['setpriv', 'nice', 'Xvfb', 'pulseaudio'];

let browser: Browser;
let page: Page;
let programs: string;
let kilat: Kilat | undefined;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(() => browser?.close());

beforeEach(async () => {
  page = await newPlayer(browser);
  programs = await mkdtemp(join(tmpdir(), 'kilat-programs-'));
});

afterEach(async () => {
  await page.context().close();
  await kilat?.close();
  kilat = undefined;
  await rm(programs, { recursive: true, force: true });
});

/** A machine that has nothing but what every session is made of; a program is taken away by its name. */
async function startAlone(options: KilatOptions = {}): Promise<Kilat> {
  for (const name of PROGRAMS) await symlink(findProgram(name) ?? '', join(programs, name));
  return startKilat({ slots: 1, ...options, env: { PATH: programs } });
}

test('an edge without Xvfb does not start, and says what to install', async () => {
  kilat = await startAlone({ edge: false });
  await rm(join(programs, 'Xvfb'));
  const { edge } = kilat;
  edge.start();
  await expect(edge.unwantedEnd()).rejects.toThrow('status 1');
  expect(edge.log.join('\n')).toMatch(/Xvfb is not installed.*apt-get install xvfb/);
});

test.each(['Xvfb', 'pulseaudio'])('when %s goes missing the launch ends and says so', async (program) => {
  kilat = await startAlone();
  await rm(join(programs, program));
  await page.goto(`${kilat.url}/play/freedoom`);
  await untilState(page, 'ended');
  await page.getByText('did not start').first().waitFor();
  const { watch } = kilat;
  await until('nothing of the session runs', () => watch.named('Xvfb').length + watch.named('pulseaudio').length === 0);
});

test('a game whose last words are no text ends its own session, and nothing else', async () => {
  const titles = await mkdtemp(join(tmpdir(), 'kilat-titles-'));
  onTestFinished(() => rm(titles, { recursive: true }));
  const words = "process.stderr.write('bad' + String.fromCharCode(0) + '\\ud83d'); process.exit(3)";
  const manifest = `{ kind: game, id: last-words, name: Last words, summary: Dies., command: "{node}", args: [-e, ${JSON.stringify(words)}],
    display: { width: 640, height: 360, fps: 30 }, input: [keyboard], mouse: none, cover: none.jpg, sound: false,
    warm: { keep: display }, install: {}, licence: { spdx: Apache-2.0, source: this test } }`;
  await writeFile(join(titles, 'last-words.yaml'), manifest);
  kilat = await startKilat({ slots: 1, titles: [titles] });
  await page.goto(`${kilat.url}/play/last-words`);
  await untilState(page, 'ended');
  await page.getByText('crashed').first().waitFor();
  expect((await fetch(`${kilat.url}/healthz`)).status).toBe(200);
  await until('the next session', async () => {
    await page.goto(`${kilat?.url}/play/latency-probe`);
    return (await untilState(page, ['playing', 'refused', 'ended'])).state === 'playing';
  });
});

test('an edge that hangs while it is asked: the player is told, and can play once it is back', async () => {
  kilat = await startKilat({ slots: 1 });
  const { pid } = kilat.edge;
  process.kill(pid, 'SIGSTOP');
  try {
    await page.goto(`${kilat.url}/play/latency-probe`);
    await untilState(page, 'refused');
    await page.getByText('The machine did not answer').first().waitFor();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await until('a picture', async () => {
    await page.goto(`${kilat?.url}/play/latency-probe`);
    return (await untilState(page, ['playing', 'refused', 'ended'])).state === 'playing';
  });
  expect(kilat.watch.named('Xvfb')).toHaveLength(1);
});
