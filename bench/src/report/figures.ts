import { type Distribution, distribution } from '@kilat/shared/latency/quantiles';
import { LATENCY_STAGES } from '@kilat/shared/latency/stages';
import { totalCores } from '../measure/processor-time.ts';
import { type ProductName, type Variant, VARIANTS } from '../products/product.ts';
import type { EdgeReading } from '../sampler/page/sampler.ts';
import { type Goal, GOALS } from './goals.ts';
import { type BlockRecord, type Result, SLOTS } from './result.ts';

/** A distribution, or one number over everything measured. */
export type Amount = Distribution | number;

/** One line of the table. */
export interface Figure {
  name: string;
  unit: string;
  kilat: Amount | undefined;
  novnc: Amount | undefined;
  goal: Goal | undefined;
  /** Kilat against its goal; undefined without a goal or a measurement. */
  reached: boolean | undefined;
  /** noVNC's median, or number, over Kilat's: how many times better Kilat is. */
  ratio: number | undefined;
  /** A part of the figure above it. */
  part: boolean;
}

/** All figures of a run in the order of the table; what was not measured is left out. */
export function figures(result: Result): Figure[] {
  return [
    ...VARIANTS.flatMap((variant) => inputFigures(result, variant)),
    ...resourceFigures(result),
    figure(
      'frames lost or stale',
      'in 1,000',
      by(result, (blocks) => lostPerThousand(blocks)),
      GOALS.lostPerThousand,
    ),
    figure('game sample → heard', 'ms', { kilat: spread(result.clicks.map(({ heardMs }) => heardMs)) }, GOALS.heardMs),
    ...SLOTS.flatMap((slot) => launchFigures(result, slot)),
  ].filter(({ kilat, novnc }) => kilat !== undefined || novnc !== undefined);
}

type Amounts = Partial<Record<ProductName, Amount | undefined>>;

function figure(name: string, unit: string, { kilat, novnc }: Amounts, goal?: Goal): Figure {
  const [ours, theirs] = [middle(kilat), middle(novnc)];
  return {
    name,
    unit,
    kilat,
    novnc,
    goal,
    part: false,
    reached: goal === undefined || kilat === undefined ? undefined : isReached(kilat, goal),
    ratio: ours === undefined || theirs === undefined || ours === 0 ? undefined : theirs / ours,
  };
}

const part = (name: string, unit: string, amounts: Amounts): Figure => ({ ...figure(name, unit, amounts), part: true });

export function isReached(amount: Amount, goal: Goal): boolean {
  if (typeof amount === 'number') return goal.value !== undefined && amount <= goal.value;
  const { p50 = Number.POSITIVE_INFINITY, p95 = Number.POSITIVE_INFINITY } = goal;
  return amount.p50 <= p50 && amount.p95 <= p95;
}

const middle = (amount: Amount | undefined): number | undefined => (typeof amount === 'number' ? amount : amount?.p50);

const spread = (values: readonly (number | null)[]): Distribution | undefined =>
  distribution(values.filter((value) => value !== null));

const ofVariant = (result: Result, variant: Variant): BlockRecord[] =>
  result.blocks.filter((block) => block.variant === variant);

/** The same figure of each product's blocks. */
function by(result: Pick<Result, 'blocks'>, amount: (blocks: BlockRecord[]) => Amount | undefined): Amounts {
  const of = (product: ProductName) => {
    const blocks = result.blocks.filter((block) => block.product === product);
    return blocks.length === 0 ? undefined : amount(blocks);
  };
  return { kilat: of('kilat'), novnc: of('novnc') };
}

function inputFigures(result: Result, variant: Variant): Figure[] {
  const blocks = ofVariant(result, variant);
  const presses = (of: BlockRecord[]) => of.flatMap((block) => block.presses);
  const goal = variant === 'still' ? GOALS.stillPhotonMs : GOALS.movingPhotonMs;
  const reported = blocks.flatMap((block) => block.presses).flatMap(({ edge }) => edge ?? []);
  return [
    figure(
      `input → photon, ${variant}`,
      'ms',
      by({ blocks }, (of) => spread(presses(of).map(({ totalMs }) => totalMs))),
      goal,
    ),
    part(
      'of it reading the pixels',
      'ms',
      by({ blocks }, (of) => spread(of.flatMap(({ readCostsMs }) => readCostsMs))),
    ),
    ...LATENCY_STAGES.map((stage) =>
      part(`stage ${stage}`, 'ms', { kilat: spread(reported.map(({ stagesMs }) => stagesMs[stage])) }),
    ),
    part('sum of the stages', 'ms', {
      kilat: spread(reported.map(({ stagesMs }) => LATENCY_STAGES.reduce((sum, stage) => sum + stagesMs[stage], 0))),
    }),
    part('in the frame the edge named', '%', { kilat: namedFramePercent(reported) }),
  ];
}

/** How many answers the pixels showed in the very frame that the edge's report names; the others came in a later one. */
function namedFramePercent(reported: readonly EdgeReading[]): number | undefined {
  if (reported.length === 0) return undefined;
  return (100 * reported.filter(({ frame }) => frame === 'same').length) / reported.length;
}

function resourceFigures(result: Result): Figure[] {
  const moving = ofVariant(result, 'moving');
  const traffic = (amount: (block: BlockRecord) => number) => (of: BlockRecord[]) =>
    of.reduce((sum, block) => sum + amount(block), 0);
  const perSecond = (amount: (block: BlockRecord) => number, blocks = moving) =>
    by({ blocks }, (of) => traffic(amount)(of) / traffic(({ usage }) => usage.seconds)(of));
  const perFrame = (variant: Variant, total: (block: BlockRecord) => number, frames: (block: BlockRecord) => number) =>
    by({ blocks: ofVariant(result, variant) }, (of) => {
      const count = traffic(frames)(of);
      return count === 0 ? undefined : (1000 * traffic(total)(of)) / count;
    });
  const silences: Amounts = {};
  for (const product of ['kilat', 'novnc'] as const) silences[product] = silentCores(result, product);
  return [
    figure('server CPU, still and silent', 'cores', silences, GOALS.stillCores),
    ...silentParts(result),
    figure(
      'server CPU, moving',
      'cores',
      perSecond(({ usage }) => totalCores(usage.cores) * usage.seconds),
      GOALS.movingCores,
    ),
    ...movingParts(moving),
    figure(
      'received by the page, moving',
      'Mb/s',
      perSecond(({ usage }) => (usage.traffic.bytesReceived * 8) / 1e6),
    ),
    figure('frames decoded, moving', '1/s', withoutZero(perSecond(({ usage }) => usage.traffic.framesDecoded))),
    ...VARIANTS.map((variant) =>
      figure(
        `jitter buffer per frame, ${variant}`,
        'ms',
        perFrame(
          variant,
          ({ usage }) => usage.traffic.jitterBufferDelaySeconds,
          ({ usage }) => usage.traffic.jitterBufferFrames,
        ),
        GOALS.jitterBufferMs,
      ),
    ),
    ...VARIANTS.map((variant) =>
      figure(
        `decoding per frame, ${variant}`,
        'ms',
        perFrame(
          variant,
          ({ usage }) => usage.traffic.decodeSeconds,
          ({ usage }) => usage.traffic.framesDecoded,
        ),
      ),
    ),
  ];
}

/** A canvas decodes no video: nothing measured, not nothing. */
const withoutZero = ({ kilat, novnc }: Amounts): Amounts => ({ kilat: kilat || undefined, novnc: novnc || undefined });

function silentCores({ silences }: Result, product: ProductName): number | undefined {
  const own = silences.filter((silence) => silence.product === product);
  return own.length === 0 ? undefined : own.reduce((sum, { usage }) => sum + totalCores(usage.cores), 0) / own.length;
}

const silentParts = ({ silences }: Result): Figure[] =>
  coreParts(silences.filter(({ product }) => product === 'kilat'));
const movingParts = (moving: readonly BlockRecord[]): Figure[] =>
  coreParts(moving.filter(({ product }) => product === 'kilat'));

/** Kilat's cores by part of its server, over all these stretches of time. */
function coreParts(records: readonly Pick<BlockRecord, 'usage'>[]): Figure[] {
  const seconds = records.reduce((sum, { usage }) => sum + usage.seconds, 0);
  const names = [...new Set(records.flatMap(({ usage }) => Object.keys(usage.cores)))].sort();
  return names.map((name) => {
    const busy = records.reduce((sum, { usage }) => sum + (usage.cores[name] ?? 0) * usage.seconds, 0);
    return part(`of it ${name}`, 'cores', { kilat: busy / seconds });
  });
}

/** Presses whose answer was never shown, and last pictures that did not show the last press, per thousand presses. */
export function lostPerThousand(blocks: readonly BlockRecord[]): number | undefined {
  const presses = blocks.flatMap((block) => block.presses);
  if (presses.length === 0) return undefined;
  const lost = presses.filter(({ totalMs }) => totalMs === null).length;
  const stale = blocks.filter(({ finalAgrees }) => !finalAgrees).length;
  return (1000 * (lost + stale)) / presses.length;
}

function launchFigures({ launches }: Result, slot: (typeof SLOTS)[number]): Figure[] {
  const own = launches.filter((launch) => launch.slot === slot);
  const stages = [...new Set(own.flatMap(({ stagesMs }) => Object.keys(stagesMs)))];
  return [
    figure(
      `click → title drawn, ${slot} slot`,
      'ms',
      { kilat: spread(own.map(({ drawnMs }) => drawnMs)) },
      slot === 'warm' ? GOALS.warmLaunchMs : GOALS.coldLaunchMs,
    ),
    part('click → first frame', 'ms', { kilat: spread(own.map(({ frameMs }) => frameMs)) }),
    ...stages.map((stage) =>
      part(`click → ${stage}`, 'ms', { kilat: spread(own.map(({ stagesMs }) => stagesMs[stage] ?? null)) }),
    ),
    figure(
      `request at the edge → first frame sent, ${slot}`,
      'ms',
      { kilat: spread(own.map(({ edgeFrameMs }) => edgeFrameMs)) },
      slot === 'warm' ? GOALS.warmEdgeFrameMs : undefined,
    ),
  ];
}
