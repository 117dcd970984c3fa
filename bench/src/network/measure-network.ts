import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Catalogue } from '@kilat/shared/title/catalogue';
import type { Browser, Page } from 'playwright-core';
import { freePort } from '../../../scripts/serve/free-port.mjs';
import { browserScript } from '../browser-script.ts';
import { pressBlock } from '../measure/block.ts';
import type { Run } from '../measure/run.ts';
import { UsageError } from '../choices.ts';
import { GAP_MS, type PlannedPress, planPresses } from '../measure/schedule.ts';
import { gameShown, probeShown } from '../products/browser.ts';
import { Kilat, startServers, VIDEO } from '../products/kilat.ts';
import type { NetworkRecord, RenditionSample, SeenFrame } from './network-record.ts';
import type { LoggedFrame } from './page/frame-log.ts';
import { allPaths, type MeasuredPath } from './profiles.ts';
import { Relay } from './relay-handle.ts';

const FRAME_LOG = fileURLToPath(new URL('page/install.ts', import.meta.url));
/** From the launch until the bitrate has settled; what was before does not count, ms. */
const SETTLE_MS = 6_000;
const FREE_WITHIN_MS = 20_000;
const LOOK_MS = 250;
/** A path that changes half-way needs its time. */
const LEAST_SECONDS = 25;
const TICKS_PER_MS = 90;
const GAME_KEYS = ['ArrowUp', 'ArrowLeft', 'ControlLeft', 'ArrowUp', 'ArrowRight', 'Space'];

/** The `network` part of a run: the paths asked for, one after the other. */
export async function measureNetworkPart(run: Run, browser: Browser): Promise<void> {
  const { paths: names, timeShare, title } = run.result.choices;
  const known = allPaths();
  const unknown = names.find((name) => known.every(({ profile }) => profile.name !== name));
  if (unknown !== undefined)
    throw new UsageError(
      `${unknown} is no network path; there are ${known.map(({ profile }) => profile.name).join(', ')}`,
    );
  const asked = known
    .filter(({ profile }) => names.length === 0 || names.includes(profile.name))
    .map((path) => ({ ...path, seconds: Math.max(LEAST_SECONDS, Math.round(path.seconds * timeShare)) }));
  run.progress.stage(`Network: ${asked.map(({ profile, seconds }) => `${profile.name} ${seconds} s`).join(', ')}`);
  const { network } = run.result;
  await measureNetwork(
    browser,
    asked,
    (record) => {
      network.push(record);
      run.progress.step(network.length, asked.length, `paths; ${record.profile}`);
    },
    run.signal,
    title,
  );
}

/** Real sessions of a title in a real browser, one on each path, through the relay. */
export async function measureNetwork(
  browser: Browser,
  paths: readonly MeasuredPath[],
  onRecord: (record: NetworkRecord) => void,
  signal: AbortSignal,
  title: string,
): Promise<void> {
  const first = paths[0]?.profile;
  if (first === undefined) throw new Error('no path to measure');
  const port = await freePort();
  const servers = await startServers({
    slots: 1,
    env: { KILAT_EDGE_ANNOUNCED_PORT: String(port), KILAT_HOLD_SECONDS: '0.2' },
  });
  let relay: Relay | undefined;
  try {
    relay = await Relay.start(port, { address: '127.0.0.1', port: servers.mediaPort }, first);
    const kilat = new Kilat(browser, servers);
    for (const path of paths) {
      await slotFree(servers.url, title, signal);
      onRecord(await measurePath(kilat, relay, path, title, signal));
    }
  } finally {
    relay?.close();
    await servers.close();
  }
}

/** The session of the path before ends some seconds after its page is gone. */
async function slotFree(url: string, title: string, signal: AbortSignal): Promise<void> {
  for (
    const giveUpAt = Date.now() + FREE_WITHIN_MS;
    Date.now() < giveUpAt;
    await sleep(LOOK_MS, undefined, { signal })
  ) {
    const { titles } = Catalogue.parse(await (await fetch(`${url}/api/titles`, { signal })).json());
    const availability = titles.find(({ id }) => id === title)?.availability;
    if (availability?.state === 'ready' && availability.freeSlots > 0) return;
  }
  throw new Error(`no free slot after ${FREE_WITHIN_MS / 1000} s`);
}

async function measurePath(
  kilat: Kilat,
  relay: Relay,
  path: MeasuredPath,
  title: string,
  signal: AbortSignal,
): Promise<NetworkRecord> {
  const { profile, seconds, changeAtMs } = path;
  await relay.use(profile);
  const isProbe = title.includes('probe');
  const product = await kilat.openTitle(title, isProbe ? probeShown : gameShown);
  const { page } = product;
  const looks = new RenditionLooks(page);
  try {
    await page.evaluate(await browserScript(FRAME_LOG));
    await page.evaluate((selector) => globalThis.kilatFrames.begin(selector), VIDEO);
    const { startedAtEpochMs } = await relay.read();
    looks.begin(startedAtEpochMs);
    const fromMs = Math.max(Date.now() - startedAtEpochMs + SETTLE_MS, (changeAtMs ?? 0) - 4_000);
    await sleep(startedAtEpochMs + fromMs - Date.now(), undefined, { signal });
    if (isProbe) await probeShown(page);
    const plan = planPresses(
      Math.ceil(((seconds * 1000 - (changeAtMs === undefined ? 0 : fromMs)) * 2) / (GAP_MS.least + GAP_MS.most)),
      Math.random,
    );
    const { presses, pressedUntilEpochMs } = isProbe
      ? await pressBlock(product, plan, 0, signal)
      : { presses: await playGame(page, plan, signal), pressedUntilEpochMs: Date.now() };
    const untilMs = pressedUntilEpochMs - startedAtEpochMs;
    const { frames, timeOriginMs } = await page.evaluate(() => globalThis.kilatFrames.take());
    const figures = await readVideo(page);
    return {
      profile: profile.name,
      about: profile.about,
      changeAtMs: changeAtMs ?? null,
      fromMs,
      untilMs,
      frames: seenFrames(frames, timeOriginMs - startedAtEpochMs),
      presses: presses.map(({ totalMs, edge }) => ({ totalMs, stagesMs: edge?.stagesMs ?? null })),
      renditions: looks.samples,
      relay: await relay.read(),
      nextFrameMs: isProbe ? null : (figures?.nextFrameMs ?? null),
      plis: figures?.plis ?? 0,
      keyFrames: figures?.keyFrames ?? 0,
    };
  } finally {
    looks.stop();
    await product.close();
  }
}

/** Presses the keys a game knows, as a player would. */
async function playGame(page: Page, plan: readonly PlannedPress[], signal: AbortSignal): Promise<never[]> {
  for (const [place, { gapMs }] of plan.entries()) {
    signal.throwIfAborted();
    await page.keyboard.press(GAME_KEYS[place % GAME_KEYS.length] as string, { delay: gapMs });
  }
  return [];
}

/** `offsetMs`: from the page's clock to time since the path began. */
export function seenFrames(frames: readonly LoggedFrame[], offsetMs: number): SeenFrame[] {
  const first = frames[0];
  if (first === undefined) return [];
  return frames.map(({ rtpTimestamp, shownMs, width }) => {
    // The RTP timestamp is the time of capture; differences survive its wrapping at 2^32.
    const capturedMs = ((rtpTimestamp - first.rtpTimestamp) | 0) / TICKS_PER_MS;
    return { atMs: shownMs + offsetMs, delayMs: shownMs - first.shownMs - capturedMs, width };
  });
}

/** What of `window.kilat.stats().video` is looked at. */
interface VideoFigures {
  plis: number;
  keyFrames: number;
  nextFrameMs?: { n: number; p50: number; p95: number } | undefined;
  rendition: { bitrateKbps: number; framesPerSecond: number; height: number } | undefined;
}

function readVideo(page: Page): Promise<VideoFigures | undefined> {
  return page.evaluate(() => {
    const { kilat } = globalThis as {
      kilat?: { stats(): { video: VideoFigures; latencyMs: VideoFigures['nextFrameMs'] } };
    };
    const stats = kilat?.stats();
    return stats && { ...stats.video, nextFrameMs: stats.latencyMs };
  });
}

/** Looks at the player's rendition four times a second, until it is stopped. */
class RenditionLooks {
  readonly samples: RenditionSample[] = [];
  readonly #page: Page;
  #timer: NodeJS.Timeout | undefined;

  constructor(page: Page) {
    this.#page = page;
  }

  begin(startedAtEpochMs: number): void {
    this.#timer = setInterval(() => void this.#look(startedAtEpochMs), LOOK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(startedAtEpochMs: number): Promise<void> {
    const rendition = (await readVideo(this.#page).catch(() => undefined))?.rendition;
    if (rendition === undefined) return;
    const { bitrateKbps, framesPerSecond, height } = rendition;
    this.samples.push({ atMs: Date.now() - startedAtEpochMs, bitrateKbps, framesPerSecond, height });
  }
}
