import { setTimeout as sleep } from 'node:timers/promises';
import { ClockAligner } from '@kilat/shared/latency/clock';
import type { Page } from 'playwright-core';
import type { Kilat } from '../products/kilat.ts';
import type { PlayerSound } from '../products/player-sound.ts';
import type { Run } from './run.ts';
import { planPresses } from './schedule.ts';

/** The probe that sounds a click with each flip. */
const TITLE = 'audio-probe';
const HOLD_MS = 40;
/** Between clicks, beside the random gap: each is to be told from the one before. */
const APART_MS = 500;
const SETTLE_MS = 3_000;
const CLOCK_EXCHANGES = 30;

/** The title hands a click to its sound server → it is played by the player's sound card. */
export async function measureSound(run: Run, kilat: Kilat, sound: PlayerSound): Promise<void> {
  const { choices, clicks } = run.result;
  run.progress.stage(`Sound: ${choices.clicks} clicks`);
  const product = await kilat.openTitle(TITLE);
  try {
    const { page } = product;
    await sleep(SETTLE_MS, undefined, { signal: run.signal });
    for (const [place, press] of planPresses(choices.clicks + 1, Math.random).entries()) {
      run.signal.throwIfAborted();
      const atMs = run.sinceStartMs();
      const heardBefore = sound.heardMs.length;
      await page.evaluate(() => globalThis.kilatBench.begin());
      await page.keyboard.press(press.key, { delay: HOLD_MS });
      await sleep(press.gapMs + APART_MS);
      const { presses } = await page.evaluate(() => globalThis.kilatBench.end());
      const edge = presses[0]?.edge;
      // The first wakes everything that sleeps in silence. Without the edge's report nobody knows when the title clicked.
      if (place === 0 || presses[0] === undefined || edge === null || edge === undefined) continue;
      const { input, inject, title } = edge.stagesMs;
      const clickedMs = presses[0].keyAtMs + input + inject + title + (await pageClockOffsetMs(page));
      const heardMs = sound.heardMs[heardBefore];
      clicks.push({ atMs, heardMs: heardMs === undefined ? null : heardMs - clickedMs });
      run.progress.step(place, choices.clicks, `clicks; ${clicks.at(-1)?.heardMs?.toFixed(0) ?? 'not heard'} ms`);
    }
  } finally {
    await product.close();
  }
}

/** What to add to the page's `performance.now()` to get this process's. */
async function pageClockOffsetMs(page: Page): Promise<number> {
  const clock = new ClockAligner();
  for (let exchange = 0; exchange < CLOCK_EXCHANGES; exchange++) {
    const sentMs = performance.now();
    const pageMs = await page.evaluate(() => performance.now());
    clock.add({ sentMs, remoteReceivedMs: pageMs, remoteSentMs: pageMs, answeredMs: performance.now() });
  }
  return -(clock.alignment(performance.now())?.offsetMs ?? Number.NaN);
}
