import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import type { Kilat } from '../kilat.ts';
import { newPlayer, type Stats, stats } from '../play-page.ts';
import { until } from '../until.ts';
import { seededRandom, shuffled } from './seeded-random.ts';
import { pidsOf, sessionProcesses, type Victim, VICTIMS } from './victims.ts';

/** A player knows within this long what became of the session; what was left behind is gone as soon. */
export const ANSWER_WITHIN_MS = 5_000;
/** A kill falls at a random moment of this long, from when its victim first exists. */
const MOMENT_SPREAD_MS = 2_500;
/** Frames that were under way when the media worker died have been shown by then. */
const STALE_MS = 300;
const POLL_MS = 25;
const TITLE = 'freedoom';

/** What became of the session: the same game went on, or its end (or refusal) was said, or neither in time. */
export type Outcome = 'resumed' | 'ended' | 'none';

/** One kill. Times in ms. */
export interface ChaosRecord {
  victim: Victim;
  /** After the victim appeared. */
  delayMs: number;
  /** What the page showed at the kill. */
  during: Stats['state'] | 'opening';
  outcome: Outcome;
  /** From the kill until the page said or showed it. */
  afterMs: number;
  /** What the page said of the end. */
  words: string;
  /** Orphans, leaked slots and folders, one sentence each; empty is as it should be. */
  left: string[];
}

export interface ChaosPlan {
  seed: number;
  /** Kills of each victim. */
  times: number;
  /** What is killed; everything unless told. */
  victims?: readonly Victim[];
  /** How long to wait for an answer, and then for a clean edge; `ANSWER_WITHIN_MS` unless told. */
  patienceMs?: number;
  signal?: AbortSignal;
  onRecord?: (record: ChaosRecord, done: number, total: number) => void;
}

/**
 * Kills (SIGKILL) parts of an edge under a session of Freedoom, in seeded order at seeded moments, one session at a time.
 * The edge must have one slot and none warm: the next session then needs the slot of the one before. Its hold must be longer
 * than a page takes to come back, or sessions end that would have gone on.
 */
export async function runChaos(kilat: Kilat, browser: Browser, plan: ChaosPlan): Promise<ChaosRecord[]> {
  const random = seededRandom(plan.seed);
  const patienceMs = plan.patienceMs ?? ANSWER_WITHIN_MS;
  const victims = shuffled(
    (plan.victims ?? VICTIMS).flatMap((victim) => Array.from({ length: plan.times }, () => victim)),
    random,
  );
  const records: ChaosRecord[] = [];
  for (const victim of victims) {
    if (plan.signal?.aborted) break;
    const delayMs = random() * MOMENT_SPREAD_MS;
    const record = await killOnce(kilat, browser, victim, delayMs, patienceMs).catch((error: unknown) =>
      notKilled(victim, delayMs, error),
    );
    records.push(record);
    plan.onRecord?.(record, records.length, victims.length);
  }
  return records;
}

/** A round that could not be played counts as one that did not go as promised. */
function notKilled(victim: Victim, delayMs: number, error: unknown): ChaosRecord {
  const words = String(error).slice(0, 300);
  return { victim, delayMs, during: 'opening', outcome: 'none', afterMs: 0, words, left: [] };
}

async function killOnce(
  kilat: Kilat,
  browser: Browser,
  victim: Victim,
  delayMs: number,
  patienceMs: number,
): Promise<ChaosRecord> {
  const page = await newPlayer(browser);
  try {
    await page.goto(`${kilat.url}/play/${TITLE}`);
    // Agent and worker live before the session does; their moment counts from the session's first process.
    await until(`a ${victim}`, () => pidsOf(kilat, isOfMachine(victim) ? 'session process' : victim).length > 0);
    await sleep(delayMs);
    const pids = await until(`a ${victim} to kill`, () => {
      const found = pidsOf(kilat, victim);
      return found.length > 0 && found;
    });
    const during = (await stats(page))?.state ?? 'opening';
    const killedAtMs = performance.now();
    if (victim === 'agent') await kilat.edge.kill();
    else for (const pid of pids) process.kill(pid, 'SIGKILL');
    // As the supervisor does.
    if (victim === 'agent') kilat.edge.start();
    const outcome = await untilSettled(page, killedAtMs, patienceMs);
    const afterMs = performance.now() - killedAtMs;
    const words = outcome === 'ended' ? await endWords(page) : '';
    if (outcome === 'resumed') await leave(page);
    if (victim === 'agent') await kilat.ready();
    return { victim, delayMs, during, outcome, afterMs, words, left: await whatIsLeft(kilat, patienceMs) };
  } finally {
    await page.context().close();
  }
}

const isOfMachine = (victim: Victim): boolean => victim === 'agent' || victim === 'media worker';

/** Waits until the page shows new frames of the game, or says that the session ended. */
async function untilSettled(page: Page, killedAtMs: number, patienceMs: number): Promise<Outcome> {
  let framesAfterKill: number | undefined;
  while (performance.now() - killedAtMs < patienceMs + STALE_MS) {
    const now = await stats(page);
    if (now?.state === 'ended' || now?.state === 'refused') return 'ended';
    const frames = now?.video.framesDecoded ?? 0;
    if (performance.now() - killedAtMs > STALE_MS) {
      framesAfterKill ??= frames;
      // A game that nobody touches may stand still.
      await page.keyboard.press('ArrowRight', { delay: 10 });
      if (now?.state === 'playing' && frames > 0 && frames !== framesAfterKill) return 'resumed';
    }
    await sleep(POLL_MS);
  }
  return 'none';
}

async function endWords(page: Page): Promise<string> {
  const heading = page.getByRole('heading').first();
  return (await heading.innerText({ timeout: 5_000 }).catch(() => '')).trim();
}

/** Leaves as a player does; a session that ended by itself meanwhile has no menu any more. */
async function leave(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: 'Leave game' });
  await until('the session is left', async () => {
    if ((await stats(page))?.state === 'ended') return true;
    if (!(await button.isVisible())) await page.keyboard.press('F9');
    await button.click({ timeout: 1_000 }).catch(() => {});
    return false;
  });
}

/** What the session left behind after the time it has to go. */
async function whatIsLeft(kilat: Kilat, patienceMs: number): Promise<string[]> {
  let left: string[] = [];
  await until(
    'a clean edge',
    async () => {
      left = [
        ...sessionProcesses(kilat).map((name) => `still runs: ${name}`),
        ...scratchFolders(kilat.edge.pids).map((name) => `folder ${name} is still there`),
        ...((await freeSlots(kilat)) === 1 ? [] : ['the slot is not free']),
        ...(pidsOf(kilat, 'media worker').length === 1 ? [] : ['not exactly one media worker']),
      ];
      return left.length === 0;
    },
    patienceMs,
  ).catch(() => {});
  return left;
}

function scratchFolders(edgePids: readonly number[]): string[] {
  return ['/dev/shm', tmpdir()].flatMap((folder) =>
    readdirSync(folder).filter((name) => edgePids.some((pid) => name.startsWith(`kilat-${pid}-`))),
  );
}

async function freeSlots(kilat: Kilat): Promise<number | undefined> {
  const text = await fetch(`http://127.0.0.1:${kilat.statusPort}/metrics`)
    .then((answer) => answer.text())
    .catch(() => '');
  const found = /^kilat_edge_slots_free (\d+)/m.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
