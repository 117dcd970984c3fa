import { setTimeout as sleep } from 'node:timers/promises';
import type { Kilat } from '@kilat/e2e/kilat';
import { newPlayer, stats, untilState } from '@kilat/e2e/play-page';
import type { Browser, Page } from 'playwright-core';

/** How many sessions an edge that measures let in, and why it refused the next. */
export interface AdmissionFigures {
  admitted: number;
  refusal: string | undefined;
  /** Of those that were let in, the lowest frame rate once nobody else came. */
  slowestFps: number | undefined;
}

/** Time for the edge to learn what the last session costs: several looks. */
const LEARN_MS = 12_000;

interface Status {
  slots: { free: number };
  admission: { why: string | null; lastRefusal: { detail: string } | null };
}

/** Launches one session after another on an edge with measured admission, until it refuses or has no slot left. */
export async function fillUp(
  kilat: Kilat,
  browser: Browser,
  titleId: string,
  most: number,
  signal: AbortSignal,
): Promise<AdmissionFigures> {
  const pages: Page[] = [];
  try {
    for (;;) {
      if (pages.length === most) return { admitted: most, refusal: undefined, slowestFps: await slowest(pages) };
      const page = await newPlayer(browser);
      await page.goto(`${kilat.url}/play/${titleId}`);
      const { state } = await untilState(page, ['playing', 'refused', 'ended']);
      if (state !== 'playing') {
        const slowestFps = await slowest(pages);
        await page.context().close();
        return { admitted: pages.length, refusal: await refusalOf(kilat), slowestFps };
      }
      pages.push(page);
      await sleep(LEARN_MS, undefined, { signal });
    }
  } finally {
    await Promise.all(pages.map((page) => page.context().close()));
  }
}

/** Refused by the edge, or not asked any more because it said that it is full. */
async function refusalOf(kilat: Kilat): Promise<string | undefined> {
  const answer = await fetch(`http://127.0.0.1:${kilat.statusPort}/api/status`);
  const { admission } = (await answer.json()) as Status;
  return admission.why ?? admission.lastRefusal?.detail;
}

async function slowest(pages: readonly Page[]): Promise<number | undefined> {
  const rates = await Promise.all(pages.map(async (page) => (await stats(page))?.video.framesPerSecond ?? 0));
  return rates.length === 0 ? undefined : Math.min(...rates);
}
