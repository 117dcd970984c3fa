import { setTimeout as sleep } from 'node:timers/promises';
import type { Kilat } from '@kilat/e2e/kilat';
import { newPlayer, play, stats } from '@kilat/e2e/play-page';
import type { Browser, Page } from 'playwright-core';
import { coresBetween, processTimes } from '../measure/processor-time.ts';
import { edgePart } from '../products/kilat.ts';
import { busyCoresBetween, readBusy } from './busy.ts';

/** Pauses between presses, ms: no clock may fall into step with them. */
const GAP_MS = { least: 120, most: 260 };
const HOLD_MS = 40;
const KEYS = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'];

/** What one player saw. Times in ms. */
export interface PlayerFigures {
  /** `photon` where the picture carries the input's number, `next-frame` in a game. */
  measure: 'photon' | 'next-frame';
  latencyMs: { n: number; p50: number; p95: number } | undefined;
  inputs: { sent: number; matched: number; unmatched: number };
  framesPerSecond: number;
}

/** Several players at once, for a while. */
export interface StepFigures {
  players: PlayerFigures[];
  /** Processor cores by part of the edge; `all` is the whole machine, browser and bench included. */
  cores: Record<string, number>;
  /** The edge's own part of the latency, its worst session: from an input's arrival to its frame's last packet, p95. */
  edgeInputP95Ms: number | undefined;
  edgeEncodeP95Ms: number | undefined;
}

export interface StepPlan {
  kilat: Kilat;
  browser: Browser;
  titleId: string;
  players: number;
  presses: number;
  /** From the last launch to the first press that counts: the games are in play by then. */
  settleMs: number;
  signal: AbortSignal;
}

/** Launches so many sessions, plays all of them at the same time, and ends them. */
export async function playTogether(plan: StepPlan): Promise<StepFigures> {
  const { kilat, browser, titleId, presses, settleMs, signal } = plan;
  const pages: Page[] = [];
  try {
    for (let player = 0; player < plan.players; player++) {
      const page = await newPlayer(browser);
      pages.push(page);
      await play(page, kilat.url, titleId);
    }
    await sleep(settleMs, undefined, { signal });
    const edge = kilat.edge.pid;
    const [before, busyBefore, beganAtMs] = [processTimes(edge, partOf), readBusy(), performance.now()];
    const framesBefore = await Promise.all(pages.map(decoded));
    await Promise.all(pages.map((page) => pressKeys(page, presses, signal)));
    const seconds = (performance.now() - beganAtMs) / 1000;
    const cores = coresBetween(before, processTimes(edge, partOf), seconds);
    cores.all = busyCoresBetween(busyBefore, readBusy());
    const players = await Promise.all(
      pages.map(async (page, place) => {
        const frames = (await decoded(page)) - (framesBefore[place] ?? 0);
        return figuresOf(page, frames / seconds);
      }),
    );
    const metrics = await fetch(`http://127.0.0.1:${kilat.statusPort}/metrics`).then((answer) => answer.text());
    return {
      players,
      cores,
      edgeInputP95Ms: worstMs(metrics, 'kilat_edge_session_input_seconds'),
      edgeEncodeP95Ms: worstMs(metrics, 'kilat_edge_session_encode_seconds'),
    };
  } finally {
    await Promise.all(pages.map(leave));
  }
}

/** Every part counts here, the game and its X server too: they share the machine. */
function partOf(command: string[]): string | undefined {
  const part = edgePart(command);
  if (part !== undefined) return part;
  const program = command[0]?.split('/').at(-1) ?? '';
  return program === 'Xvfb' ? 'X server' : 'game';
}

async function pressKeys(page: Page, presses: number, signal: AbortSignal): Promise<void> {
  for (let press = 0; press < presses; press++) {
    const gapMs = GAP_MS.least + Math.random() * (GAP_MS.most - GAP_MS.least);
    await sleep(gapMs - HOLD_MS, undefined, { signal });
    const key = KEYS[Math.floor(Math.random() * KEYS.length)] as string;
    await page.keyboard.press(key, { delay: HOLD_MS });
  }
}

const decoded = async (page: Page): Promise<number> => (await stats(page))?.video.framesDecoded ?? 0;

async function figuresOf(page: Page, framesPerSecond: number): Promise<PlayerFigures> {
  const now = await stats(page);
  if (now === undefined) throw new Error('a page lost its session while it was measured');
  if (now.state !== 'playing') throw new Error(`a session is ${now.state} instead of being played`);
  return { measure: now.measure, latencyMs: now.latencyMs, inputs: now.inputs, framesPerSecond };
}

function worstMs(metrics: string, name: string): number | undefined {
  const values = [...metrics.matchAll(new RegExp(`^${name}\\{[^}]*quantile="0.95"\\} (\\S+)`, 'gm'))];
  return values.length === 0 ? undefined : Math.max(...values.map(([, value]) => Number(value) * 1000));
}

async function leave(page: Page): Promise<void> {
  await page.keyboard.press('F9').catch(() => {});
  const button = page.getByRole('button', { name: 'Leave game' });
  await button.click({ timeout: 5_000 }).catch(() => {});
  await page.context().close();
}
