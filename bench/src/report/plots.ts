import { LATENCY_STAGES } from '@kilat/shared/latency/stages';
import { networkPlots } from '../network/network-plots.ts';
import { type Variant, VARIANTS } from '../products/product.ts';
import type { LaunchRecord, Result } from './result.ts';
import { SLOTS } from './result.ts';

/** Curves over one x axis; `columns[0]` are the x values, the rest one curve each (null: no point there). */
export interface CurvePlot {
  title: string;
  note: string;
  xLabel: string;
  yLabel: string;
  kind: 'steps' | 'points' | 'lines';
  names: string[];
  columns: (number | null)[][];
}

/** Bars made of parts that follow each other from zero. */
export interface StackPlot {
  title: string;
  note: string;
  unit: string;
  bars: { name: string; parts: { name: string; value: number }[] }[];
}

export interface Plots {
  curves: CurvePlot[];
  stacks: StackPlot[];
}

/** Values of one name. */
interface Series {
  name: string;
  values: number[];
}

const CDF_POINTS = 400;

export function plots(result: Result): Plots {
  const curves = [
    ...VARIANTS.map((variant) => photonCdf(result, variant)),
    ...VARIANTS.map((variant) => photonOverTime(result, variant)),
    cdf('Click → title drawn', 'How many of the launches had drawn by then.', launchSeries(result)),
    cdf('Game sample → heard by the player', 'How many of the clicks had been heard by then.', [
      { name: 'heard', values: result.clicks.flatMap(({ heardMs }) => heardMs ?? []) },
    ]),
    ...networkPlots(result.network),
  ];
  const stacks = [photonStages(result), launchStages(result), processorParts(result)];
  return {
    curves: curves.filter(({ names }) => names.length > 0),
    stacks: stacks
      .map((stack) => ({ ...stack, bars: stack.bars.filter(({ parts }) => parts.length > 0) }))
      .filter(({ bars }) => bars.length > 0),
  };
}

function photonSeries({ blocks }: Result, variant: Variant): Series[] {
  return (['kilat', 'novnc'] as const).map((name) => ({
    name,
    values: blocks
      .filter((block) => block.product === name && block.variant === variant)
      .flatMap(({ presses }) => presses.flatMap(({ totalMs }) => totalMs ?? [])),
  }));
}

const photonCdf = (result: Result, variant: Variant): CurvePlot =>
  cdf(
    `Input → photon, ${variant} screen`,
    'How many of the key presses had been answered on the page by then.',
    photonSeries(result, variant),
  );

/** Share of values at or below each x, in percent. */
function cdf(title: string, note: string, all: readonly Series[]): CurvePlot {
  const series = all
    .filter(({ values }) => values.length > 0)
    .map(({ name, values }) => ({ name, values: [...values].sort((a, b) => a - b) }));
  const most = Math.max(0, ...series.map(({ values }) => values.at(-1) ?? 0));
  const places = Array.from({ length: CDF_POINTS + 1 }, (_, point) => (point * most * 1.02) / CDF_POINTS);
  const share = (sorted: readonly number[]) => {
    let below = 0;
    return places.map((place) => {
      while (below < sorted.length && (sorted[below] as number) <= place) below++;
      return (100 * below) / sorted.length;
    });
  };
  return {
    title,
    note,
    xLabel: 'ms',
    yLabel: '%',
    kind: 'steps',
    names: series.map(({ name, values }) => `${name} (n = ${values.length})`),
    columns: [places, ...series.map(({ values }) => share(values))],
  };
}

function photonOverTime({ blocks }: Result, variant: Variant): CurvePlot {
  const points = blocks
    .filter((block) => block.variant === variant)
    .flatMap(({ product, atMs, presses }) => {
      const first = presses[0]?.keyAtMs ?? 0;
      return presses.flatMap(({ keyAtMs, totalMs }) =>
        totalMs === null ? [] : [{ product, atS: (atMs + keyAtMs - first) / 1000, totalMs }],
      );
    })
    .sort((a, b) => a.atS - b.atS);
  const names = (['kilat', 'novnc'] as const).filter((name) => points.some(({ product }) => product === name));
  return {
    title: `Each key press of the run, ${variant} screen`,
    note: 'In the order they were made: a run that drifts, or a machine that was disturbed, shows here.',
    xLabel: 'seconds since the run began',
    yLabel: 'ms',
    kind: 'points',
    names: [...names],
    columns: [
      points.map(({ atS }) => atS),
      ...names.map((name) => points.map(({ product, totalMs }) => (product === name ? totalMs : null))),
    ],
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function photonStages({ blocks }: Result): StackPlot {
  return {
    title: 'Where the time of an input goes',
    note: "Kilat, mean of each stage (means add up, medians do not): the edge's own report of each input joined with the browser's of its frame.",
    unit: 'ms',
    bars: VARIANTS.map((variant) => {
      const readings = blocks
        .filter((block) => block.variant === variant)
        .flatMap(({ presses }) => presses.flatMap(({ edge }) => edge ?? []));
      const parts =
        readings.length === 0
          ? []
          : LATENCY_STAGES.map((name) => ({ name, value: mean(readings.map(({ stagesMs }) => stagesMs[name])) }));
      return { name: variant, parts };
    }),
  };
}

function launchSeries({ launches }: Result): Series[] {
  return SLOTS.map((slot) => ({
    name: `${slot} slot`,
    values: launches.filter((launch) => launch.slot === slot).flatMap(({ drawnMs }) => drawnMs ?? []),
  }));
}

function launchStages({ launches }: Result): StackPlot {
  return {
    title: 'Where the time of a launch goes',
    note: 'Mean time from the click to each stage, in the order they were reached; the last part is until the title has drawn.',
    unit: 'ms',
    bars: SLOTS.map((slot) => ({
      name: `${slot} slot`,
      parts: launchParts(launches.filter((launch) => launch.slot === slot)),
    })),
  };
}

/** Times from the click, made into parts that follow each other. */
function launchParts(launches: readonly LaunchRecord[]): { name: string; value: number }[] {
  const names = [...new Set(launches.flatMap(({ stagesMs }) => Object.keys(stagesMs)))];
  const reached = names.map((name) => ({ name, atMs: mean(launches.flatMap(({ stagesMs }) => stagesMs[name] ?? [])) }));
  const drawn = launches.flatMap(({ drawnMs }) => drawnMs ?? []);
  if (drawn.length > 0) reached.push({ name: 'drawn', atMs: mean(drawn) });
  reached.sort((a, b) => a.atMs - b.atMs);
  return reached.map(({ name, atMs }, place) => ({ name, value: Math.max(0, atMs - (reached[place - 1]?.atMs ?? 0)) }));
}

function processorParts({ blocks, silences }: Result): StackPlot {
  const bar = (name: string, records: readonly { usage: { seconds: number; cores: Record<string, number> } }[]) => {
    const seconds = records.reduce((sum, { usage }) => sum + usage.seconds, 0);
    const parts = [...new Set(records.flatMap(({ usage }) => Object.keys(usage.cores)))].map((part) => ({
      name: part,
      value: records.reduce((sum, { usage }) => sum + (usage.cores[part] ?? 0) * usage.seconds, 0) / seconds,
    }));
    return { name, parts };
  };
  return {
    title: 'Processor time of the server',
    note: "Kilat without the game and its X server; noVNC's X server is its VNC server and cannot be left out.",
    unit: 'cores',
    bars: (['kilat', 'novnc'] as const).flatMap((product) => [
      bar(
        `${product}, still and silent`,
        silences.filter((silence) => silence.product === product),
      ),
      bar(
        `${product}, moving`,
        blocks.filter((block) => block.product === product && block.variant === 'moving'),
      ),
    ]),
  };
}
