import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { startKilat } from './kilat.ts';
import { newPlayer, play } from './play-page.ts';
import { until } from './until.ts';

// Draws every state of the operator's page: node e2e/src/operator-pictures.ts FOLDER [jpeg|png]. A real edge with a real
// session answers; what it says is changed on the way to the page.

const WIDTHS = [1280, 360];
const MEASURED_MS = 45_000;
const TITLE = 'freedoom';

interface Status {
  atMs: number;
  sessions: object[];
  slots: { count: number; free: number };
  admission: object;
  [part: string]: unknown;
}

const nobody = ({ slots }: Status) => ({ sessions: [], slots: { ...slots, free: slots.count } });

const STATES: Record<string, (status: Status) => object> = {
  playing: () => ({}),
  empty: nobody,
  alone: () => ({ indexer: { url: 'http://127.0.0.1:8080', connected: false } }),
  'worker-down': () => ({ worker: { alive: false } }),
  draining: ({ atMs }) => ({ drainingSinceMs: atMs - 90_000 }),
  drained: (status) => ({ ...nobody(status), drainingSinceMs: status.atMs - 900_000 }),
  full: ({ admission, atMs }) => ({
    admission: {
      ...admission,
      open: false,
      why: 'needs 0.82 cores, 0.31 of 2 are left',
      lastRefusal: {
        atMs: atMs - 20_000,
        resource: 'processor',
        detail: 'Freedoom needs 0.82 cores, 0.31 of 2 are left',
      },
    },
  }),
  troubles: ({ atMs }) => ({
    troubles: [
      { atMs: atMs - 60_000, text: 'The media worker died; another was started and pages resume by themselves.' },
      { atMs: atMs - 300_000, text: 'Freedoom: Phase 1 crashed and its session ended. It said: SIGSEGV' },
    ],
    machine: {
      ...(status0?.machine as object),
      temperatures: [{ sensor: 'k10temp Tctl', celsius: 61.4 }],
      gpus: [
        { name: 'NVIDIA GeForce RTX 3060', busyPercent: 41, memoryUsedMb: 1500, memoryTotalMb: 12288, celsius: 55 },
      ],
    },
  }),
};
let status0: Status | undefined;

const [folder = 'docs/pictures/operator', kind = 'jpeg'] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const kilat = await startKilat({ slots: 2, warm: [TITLE] });
const browser = await launchBrowser();
try {
  const player = await newPlayer(browser);
  await play(player, kilat.url, TITLE);
  const origin = `http://127.0.0.1:${kilat.statusPort}`;
  for (const until = Date.now() + MEASURED_MS; Date.now() < until; )
    await player.keyboard.press('ArrowRight', { delay: 90 });
  status0 = (await (await fetch(`${origin}/api/status`)).json()) as Status;
  const frozen = status0;
  for (const [state, change] of Object.entries(STATES)) {
    const body = JSON.stringify({ ...frozen, ...change(frozen) });
    for (const width of WIDTHS)
      await draw(`${state}-${width}`, width, (page) => page.route('**/api/status', (route) => route.fulfill({ body })));
  }
  for (const width of WIDTHS)
    await draw(`gone-${width}`, width, async (page) => {
      let asked = 0;
      await page.route('**/api/status', (route) =>
        asked++ === 0 ? route.fulfill({ body: JSON.stringify(frozen) }) : route.abort(),
      );
    });

  async function draw(name: string, width: number, prepare: (page: Page) => Promise<unknown>): Promise<void> {
    const context = await browser.newContext({ viewport: { width, height: 800 } });
    const page = await context.newPage();
    await prepare(page);
    await page.goto(`${origin}/#${'x'.repeat(43)}`);
    const words = name.startsWith('gone') ? 'does not answer' : '';
    await until('the state', async () => {
      const text = await page.locator('#headline').innerText();
      return !text.startsWith('Asking') && text.includes(words);
    });
    const path = join(folder, `${name}.${kind === 'png' ? 'png' : 'jpg'}`);
    await page.screenshot(
      kind === 'png' ? { path, fullPage: true } : { path, fullPage: true, type: 'jpeg', quality: 70 },
    );
    await context.close();
  }
} finally {
  await browser.close();
  await kilat.close();
}
