import { setTimeout as sleep } from 'node:timers/promises';
import { Catalogue } from '@kilat/shared/title/catalogue';
import type { Browser, Page } from 'playwright-core';
import { samplerContext } from '../products/browser.ts';
import { leave, startServers, VIDEO } from '../products/kilat.ts';
import { type LaunchRecord, SLOTS, type Slot } from '../report/result.ts';
import type { Run } from './run.ts';
import { interleave } from './schedule.ts';

const TITLE = 'freedoom';
/** Long enough for a slot to get warm, or to be freed. */
const READY_TIMEOUT_MS = 30_000;
const DRAWN_TIMEOUT_MS = 20_000;
const POLL_MS = 50;
/** A player looks at the catalogue and moves the mouse before choosing; the page prepares itself meanwhile. */
const LOOK_MS = 2_000;

type Servers = Awaited<ReturnType<typeof startServers>>;

/** Click on the catalogue → first frame in which the game has drawn, from a warm slot and from none, in turn. */
export async function measureLaunch(run: Run, browser: Browser): Promise<void> {
  const { choices, launches } = run.result;
  run.progress.stage(`Launch of Freedoom, warm and cold: ${choices.launches} each`);
  const servers = new Map<Slot, Servers>();
  try {
    // A player who vanished is waited for; here a closed page is to free its slot at once.
    const env = { KILAT_HOLD_SECONDS: '0.2' };
    servers.set('warm', await startServers({ slots: 1, warm: [TITLE], env }));
    servers.set('cold', await startServers({ slots: 1, warm: [], env }));
    const schedule = interleave(SLOTS, choices.launches, 1);
    for (const [place, { of }] of schedule.entries()) {
      run.signal.throwIfAborted();
      const { url, statusPort } = servers.get(of) as Servers;
      // Both: the one is not to be filled while the other is measured.
      for (const [slot, server] of servers) await slotReady(server.url, slot, run.signal);
      const record = await launchOnce(browser, { url, statusPort }, of, run.sinceStartMs());
      launches.push(record);
      run.progress.step(place + 1, schedule.length, `launches; ${of} ${record.drawnMs?.toFixed(0) ?? '–'} ms`);
    }
  } finally {
    for (const server of servers.values()) await server.close();
  }
}

async function slotReady(url: string, slot: Slot, signal: AbortSignal): Promise<void> {
  for (
    const giveUpAt = Date.now() + READY_TIMEOUT_MS;
    Date.now() < giveUpAt;
    await sleep(POLL_MS, undefined, { signal })
  ) {
    const reply = await fetch(`${url}/api/titles`, { signal });
    const { titles } = Catalogue.parse(await reply.json());
    const availability = titles.find(({ id }) => id === TITLE)?.availability;
    if (availability?.state === 'ready' && availability.freeSlots > 0 && availability.warm === (slot === 'warm'))
      return;
  }
  throw new Error(`no ${slot} slot for ${TITLE} after ${READY_TIMEOUT_MS / 1000} s`);
}

async function launchOnce(
  browser: Browser,
  { url, statusPort }: Pick<Servers, 'url' | 'statusPort'>,
  slot: Slot,
  atMs: number,
): Promise<LaunchRecord> {
  const before = await firstFrames(statusPort);
  const context = await samplerContext(browser, VIDEO);
  try {
    const page = await context.newPage();
    await page.goto(url);
    const card = page.locator(`[data-card="${TITLE}"]`);
    await card.waitFor();
    await sleep(LOOK_MS);
    await card.click();
    const { clickedAtMs = Number.NaN, frameAtMs, drawnAtMs } = await drawn(page);
    const stagesMs = await stagesOf(page);
    const now = await firstFrames(statusPort);
    await leave(page);
    const edgeFrameMs = now.count === before.count + 1 ? now.sumMs - before.sumMs : null;
    const after = (time: number | undefined) => (time === undefined ? null : time - clickedAtMs);
    return { slot, atMs, frameMs: after(frameAtMs), drawnMs: after(drawnAtMs), edgeFrameMs, stagesMs };
  } finally {
    await context.close();
  }
}

/** First frames that the edge has sent so far, and the time from their requests' arrivals to them, in all. */
async function firstFrames(statusPort: number): Promise<{ count: number; sumMs: number }> {
  const metrics = await (await fetch(`http://127.0.0.1:${statusPort}/metrics`)).text();
  const total = (name: string) =>
    [...metrics.matchAll(new RegExp(`^kilat_edge_launch_seconds_${name}\\{stage="first-frame"[^}]*\\} (\\S+)`, 'gm'))]
      .map(([, value]) => Number(value))
      .reduce((sum, value) => sum + value, 0);
  return { count: total('count'), sumMs: 1000 * total('sum') };
}

async function drawn(page: Page) {
  const read = () => page.evaluate(() => globalThis.kilatBench.firstPictures());
  for (const giveUpAt = Date.now() + DRAWN_TIMEOUT_MS; Date.now() < giveUpAt; await sleep(POLL_MS)) {
    const pictures = await read().catch(() => undefined); // The page may be between two documents.
    if (pictures?.drawnAtMs !== undefined) return pictures;
  }
  return read();
}

/** The page's own stages of the launch, ms after the click. */
function stagesOf(page: Page): Promise<Record<string, number>> {
  return page.evaluate(() => {
    const { kilat } = globalThis as { kilat?: { stats(): { launchMs: Record<string, number> } } };
    return kilat?.stats().launchMs ?? {};
  });
}
