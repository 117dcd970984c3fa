import { setTimeout as sleep } from 'node:timers/promises';
import { distribution } from '@kilat/shared/latency/quantiles';
import { type OpenProduct, type Product, type ProductName, type Variant, VARIANTS } from '../products/product.ts';
import type { BlockRecord } from '../report/result.ts';
import { measureUsage, pressBlock } from './block.ts';
import type { Run } from './run.ts';
import { interleave, planPresses } from './schedule.ts';

const PRESSES_PER_BLOCK = 25;
/** First presses of each block that do not count: the processor's clock, caches and queues settle. */
const DISCARDED_PRESSES = 3;
/** From a probe's start or its going on to the first press. */
const SETTLE_MS: Record<Variant, number> = { still: 500, moving: 1_500 };
const SILENCE_ROUNDS = 2;

/** Input to photon, still and moving, all products in turn, and what a still screen costs when nobody touches it. */
export async function measureInput(run: Run, products: readonly Product[]): Promise<void> {
  for (const variant of VARIANTS) {
    run.progress.stage(`Input to photon, ${variant} screen: ${run.result.choices.inputs} presses each`);
    await withOpen(products, variant, async (open) => {
      await pressInTurn(run, variant, open);
      if (variant === 'still') await stayStill(run, open);
    });
  }
}

type OpenProducts = ReadonlyMap<ProductName, OpenProduct>;

async function withOpen(
  products: readonly Product[],
  variant: Variant,
  work: (open: OpenProducts) => Promise<void>,
): Promise<void> {
  const open = new Map<ProductName, OpenProduct>();
  try {
    for (const product of products) {
      open.set(product.name, await product.open(variant));
      open.get(product.name)?.pause();
    }
    await work(open);
  } finally {
    for (const product of open.values()) await product.close();
  }
}

async function pressInTurn(run: Run, variant: Variant, open: OpenProducts): Promise<void> {
  const { choices, blocks } = run.result;
  const schedule = interleave([...open.keys()], choices.inputs, PRESSES_PER_BLOCK);
  for (const [place, { of, count }] of schedule.entries()) {
    await onlyRunning(open, of, async (product) => {
      await sleep(SETTLE_MS[variant], undefined, { signal: run.signal });
      const atMs = run.sinceStartMs();
      const reading = await pressBlock(
        product,
        planPresses(count + DISCARDED_PRESSES, Math.random),
        DISCARDED_PRESSES,
        run.signal,
      );
      blocks.push({ product: of, variant, atMs, ...reading });
      run.progress.step(place + 1, schedule.length, `blocks; ${of} ${latest(reading)}`);
    });
    run.signal.throwIfAborted();
  }
}

async function stayStill(run: Run, open: OpenProducts): Promise<void> {
  const { choices, silences } = run.result;
  run.progress.stage(`A still screen, left alone for ${choices.silenceSeconds} s`);
  const schedule = interleave([...open.keys()], SILENCE_ROUNDS, 1);
  for (const [place, { of }] of schedule.entries()) {
    await onlyRunning(open, of, async (product) => {
      await sleep(SETTLE_MS.still, undefined, { signal: run.signal });
      const atMs = run.sinceStartMs();
      const { usage } = await measureUsage(product, () =>
        sleep(choices.silenceSeconds * 1000, undefined, { signal: run.signal }),
      );
      silences.push({ product: of, atMs, usage });
      run.progress.step(place + 1, schedule.length, `silences; ${of}`);
    });
  }
}

async function onlyRunning(
  open: OpenProducts,
  name: ProductName,
  work: (product: OpenProduct) => Promise<void>,
): Promise<void> {
  const product = open.get(name) as OpenProduct;
  product.resume();
  try {
    await work(product);
  } finally {
    product.pause();
  }
}

function latest({ presses }: Pick<BlockRecord, 'presses'>): string {
  const found = distribution(presses.flatMap(({ totalMs }) => totalMs ?? []));
  return found === undefined ? 'no answer' : `${found.p50.toFixed(1)} / ${found.p95.toFixed(1)} ms`;
}
