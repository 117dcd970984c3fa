import type { Browser, Page } from 'playwright-core';
import { contrast, readPicture } from './picture.ts';
import { until } from './until.ts';

/** What of `window.kilat.stats()` the tests look at; the whole is documented in docs/protocol.md. */
export interface Stats {
  state: 'starting' | 'playing' | 'reconnecting' | 'refused' | 'ended';
  sessionId: string | undefined;
  title: string | undefined;
  measure: 'photon' | 'next-frame';
  inputs: { sent: number; matched: number; unmatched: number };
  latencyMs: { n: number; p50: number; p95: number; p99: number; max: number } | undefined;
  stagesMs: Record<string, { p50: number } | undefined>;
  clock: { uncertaintyMs: number; roundTripMs: number } | undefined;
  video: {
    width: number;
    height: number;
    framesPerSecond: number;
    framesDecoded: number;
    jitterBufferMs: number | undefined;
    packetsLost: number;
    keyFrames: number;
    codec: string | undefined;
    rendition: { bitrateKbps: number; framesPerSecond: number; height: number } | undefined;
  };
  audio: { kbps: number; energy: number };
  launchMs: Record<string, number | undefined>;
}

declare global {
  interface Window {
    kilat?: { stats(): Stats };
  }
}

const PLAYING_WITHIN_MS = 30_000;
/** Least contrast of a picture with something in it. */
const SOMETHING = 3;

/** A fresh browser profile (a player of its own) with a page of 1280 × 720. */
export async function newPlayer(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  return context.newPage();
}

/** The live figures; undefined before the page has a session. */
export function stats(page: Page): Promise<Stats | undefined> {
  return page.evaluate(() => window.kilat?.stats());
}

/** Waits until the session is in one of the states and gives its figures. */
export async function untilState(
  page: Page,
  wanted: Stats['state'] | readonly Stats['state'][],
  withinMs = PLAYING_WITHIN_MS,
): Promise<Stats> {
  let last: Stats['state'] | undefined;
  const ask = async () => {
    const now = await stats(page).catch(() => undefined); // The page may be between two documents.
    last = now?.state;
    return now !== undefined && wanted.includes(now.state) && now;
  };
  try {
    return await until(String(wanted), ask, withinMs);
  } catch {
    const words = await page.locator('body').innerText();
    throw new Error(`not ${wanted} within ${withinMs / 1000} s, but ${last ?? 'no session'}: ${words}`);
  }
}

const MOST_TRIES = 5;

/**
 * Launches a title by its address and waits until its picture is there; throws what the page says when it is refused.
 * Where the machine is too busy to answer in its 300 ms, it does what the page asks a player to do: tries again.
 */
export async function play(page: Page, origin: string, title: string): Promise<Stats> {
  await page.goto(`${origin}/play/${title}`);
  for (let tries = 1; ; tries++) {
    const now = await untilState(page, ['playing', 'refused', 'ended']);
    if (now.state === 'playing') {
      await until('a picture', async () => contrast(await readPicture(page)) > SOMETHING);
      return now;
    }
    const words = await page.locator('body').innerText();
    if (tries === MOST_TRIES || !words.includes('The machine did not answer'))
      throw new Error(`${title} is ${now.state}: ${words}`);
    await page.getByRole('button', { name: 'Try again' }).click();
    await until('another try', async () => (await stats(page))?.state !== 'refused');
  }
}
