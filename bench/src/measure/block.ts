import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenProduct } from '../products/product.ts';
import type { BlockReading } from '../sampler/page/sampler.ts';
import type { Traffic } from '../sampler/page/traffic.ts';
import { coresBetween } from './processor-time.ts';
import type { PlannedPress } from './schedule.ts';

const HOLD_MS = 40;
/** An answer later than this counts as never shown. */
const ANSWER_TIMEOUT_MS = 2_000;
/** After the last answer; what is still to come, a smaller correction of the picture, has come by then. */
const SETTLE_MS = 300;
const POLL_MS = 25;

/** What a product used over a stretch of time. */
export interface Usage {
  seconds: number;
  /** Processor cores by part of the product's server. */
  cores: Record<string, number>;
  /** What its page received in that time. */
  traffic: Traffic;
}

/**
 * Presses keys as planned and reads their answers; the first `discard` presses are not among the readings. Reading them
 * keeps the page busy: what it shows after `pressedUntilEpochMs` says nothing of the product. Rejects once `signal` is aborted.
 */
export async function pressBlock(
  product: OpenProduct,
  plan: readonly PlannedPress[],
  discard: number,
  signal: AbortSignal,
): Promise<BlockReading & { usage: Usage; pressedUntilEpochMs: number }> {
  const { page } = product;
  let pressedUntilEpochMs = 0;
  await page.evaluate(() => globalThis.kilatBench.begin());
  const { result, usage } = await measureUsage(product, async () => {
    for (const { gapMs, key } of plan) {
      await sleep(gapMs - HOLD_MS, undefined, { signal });
      await page.keyboard.down(key);
      await sleep(HOLD_MS);
      await page.keyboard.up(key);
    }
    pressedUntilEpochMs = Date.now();
    for (const giveUpAt = Date.now() + ANSWER_TIMEOUT_MS; Date.now() < giveUpAt; await sleep(POLL_MS)) {
      if ((await page.evaluate(() => globalThis.kilatBench.outstanding())) === 0) break;
    }
    await sleep(SETTLE_MS);
    return page.evaluate(() => globalThis.kilatBench.end());
  });
  return { ...result, presses: result.presses.slice(discard), usage, pressedUntilEpochMs };
}

/** Does something and says what the product used meanwhile. */
export async function measureUsage<T>(
  product: OpenProduct,
  work: () => Promise<T>,
): Promise<{ result: T; usage: Usage }> {
  const traffic = () => product.page.evaluate(() => globalThis.kilatBench.traffic());
  const trafficBefore = await traffic();
  const [timesBefore, beganAtMs] = [product.processorTime(), performance.now()];
  const result = await work();
  const [timesAfter, endedAtMs] = [product.processorTime(), performance.now()];
  const trafficAfter = await traffic();
  const seconds = (endedAtMs - beganAtMs) / 1000;
  return {
    result,
    usage: {
      seconds,
      cores: coresBetween(timesBefore, timesAfter, seconds),
      traffic: difference(trafficAfter, trafficBefore),
    },
  };
}

function difference(after: Traffic, before: Traffic): Traffic {
  const entries = Object.entries(after) as [keyof Traffic, number][];
  return Object.fromEntries(entries.map(([name, value]) => [name, value - before[name]])) as unknown as Traffic;
}
