import type uPlot from 'uplot';
import type { SecondOfPlay } from '../../play/model.ts';
import { asClock } from '../figures.ts';
import type { NamedEvent } from './timeline-events.ts';

interface Surroundings {
  /** CSS pixels. */
  width: number;
  rem: number;
  colour(token: string): string;
  /** Tells which second the cursor is on. */
  point(index: number | null | undefined): void;
}

interface Plot {
  options: uPlot.Options;
  data: uPlot.AlignedData;
}

type Values = (number | null | undefined)[];
/** Gaps up to this long are drawn through: a player does not press a key in every second. */
const BRIDGED_SECONDS = 4;

/** Steps of the time axis, s: none shorter than what its labels can tell apart, all of them round on a clock. */
const TIME_STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200];

/** Values for a line: `undefined` is drawn through, `null` interrupts it. */
function known(values: (number | undefined)[]): Values {
  return values.map((value, index) => {
    if (value !== undefined) return value;
    let from = index;
    let to = index;
    while (from > 0 && values[from - 1] === undefined) from--;
    while (to < values.length - 1 && values[to + 1] === undefined) to++;
    return to - from < BRIDGED_SECONDS ? undefined : null;
  });
}

/** Marks for values that no line reaches; `size` in CSS pixels. */
const loneOnes = (size: number): uPlot.Series.Points => ({
  size,
  show: true,
  filter: (plot, series) => {
    const values: Values = Array.from(plot.data[series] ?? []);
    const reaches = (index: number, step: 1 | -1): boolean => {
      let at = index + step;
      while (values[at] === undefined && at >= 0 && at < values.length) at += step;
      return typeof values[at] === 'number';
    };
    return values.flatMap((value, index) =>
      typeof value === 'number' && !reaches(index, 1) && !reaches(index, -1) ? [index] : [],
    );
  },
});

/** Input latency by second: median and worst, on a scale that one outlier does not flatten. */
export function latencyPlot(
  seconds: readonly SecondOfPlay[],
  events: readonly NamedEvent[],
  around: Surroundings,
): Plot {
  const medians = seconds.flatMap(({ latencyP50Ms }) => latencyP50Ms ?? []);
  const worst = seconds.flatMap(({ latencyMaxMs }) => latencyMaxMs ?? []);
  const top = Math.max(30, Math.min(Math.max(...worst, 0) * 1.1, Math.max(...medians, 0) * 5));
  return {
    data: [
      times(seconds),
      known(seconds.map(({ latencyMaxMs }) => latencyMaxMs)),
      known(seconds.map(({ latencyP50Ms }) => latencyP50Ms)),
    ],
    options: {
      ...frame(12, seconds, events, around),
      scales: { x: { time: false }, y: { range: () => [0, top] } },
      axes: [
        { ...axis(around), incrs: TIME_STEPS_S, size: 0, values: (_, ticks) => ticks.map(() => '') },
        { ...axis(around), size: 3.5 * around.rem, values: (_, ticks) => ticks.map((tick) => `${tick}\u00a0ms`) },
      ],
      series: [
        {},
        { stroke: around.colour('--text-faint'), width: 1, points: loneOnes(3), spanGaps: false },
        { stroke: around.colour('--accent'), width: 2, points: loneOnes(5), spanGaps: false },
      ],
    },
  };
}

/** What the stream carried by second: frames on the left axis, bitrate on the right one. */
export function streamPlot(
  seconds: readonly SecondOfPlay[],
  events: readonly NamedEvent[],
  around: Surroundings,
): Plot {
  const fps = Math.max(60, ...seconds.map(({ framesPerSecond }) => framesPerSecond));
  const mbps = Math.max(2, ...seconds.map(({ videoKbps }) => videoKbps / 1000));
  return {
    data: [
      times(seconds),
      seconds.map(({ framesPerSecond }) => framesPerSecond),
      seconds.map(({ videoKbps }) => videoKbps / 1000),
    ],
    options: {
      ...frame(8, seconds, events, around),
      scales: { x: { time: false }, fps: { range: () => [0, fps * 1.1] }, mbps: { range: () => [0, mbps * 1.2] } },
      axes: [
        { ...axis(around), incrs: TIME_STEPS_S, values: (_, ticks) => ticks.map((tick) => asClock(tick * 1000)) },
        {
          ...axis(around),
          scale: 'fps',
          size: 3.5 * around.rem,
          space: 2 * around.rem,
          values: (_, ticks) => ticks.map((tick) => `${tick}\u00a0fps`),
        },
        {
          ...axis(around),
          scale: 'mbps',
          side: 1,
          size: 4 * around.rem,
          space: 2 * around.rem,
          grid: { show: false },
          values: (_, ticks) => ticks.map((tick) => `${tick}\u00a0Mb/s`),
        },
      ],
      series: [
        {},
        { scale: 'fps', stroke: around.colour('--stage-network'), width: 1.5, points: { show: false } },
        { scale: 'mbps', stroke: around.colour('--stage-capture'), width: 1.5, points: { show: false } },
      ],
    },
  };
}

/** Seconds since the first. */
function times(seconds: readonly SecondOfPlay[]): number[] {
  const startMs = seconds[0]?.atMs ?? 0;
  return seconds.map(({ atMs }) => (atMs - startMs) / 1000);
}

/** What both plots share: size, cursor, and the stretches in which something happened. */
function frame(
  heightRem: number,
  seconds: readonly SecondOfPlay[],
  events: readonly NamedEvent[],
  { width, rem, colour, point }: Surroundings,
) {
  const right = heightRem === 12 ? 4 * rem : 0;
  return {
    width,
    height: heightRem * rem,
    padding: [0.5 * rem, right, right / 4, 0] as uPlot.Padding,
    legend: { show: false },
    cursor: {
      sync: { key: `play-${seconds[0]?.atMs ?? 0}` },
      y: false,
      drag: { x: false, y: false },
      points: { size: 6 },
    },
    hooks: {
      setCursor: [(plot: uPlot) => point(plot.cursor.idx)],
      drawClear: [
        (plot: uPlot) => {
          plot.ctx.fillStyle = `${colour('--warn')}26`;
          for (const { fromMs, toMs } of united(events)) {
            const from = plot.valToPos(fromMs / 1000, 'x', true);
            const end = Math.min(plot.valToPos(toMs / 1000, 'x', true), plot.bbox.left + plot.bbox.width);
            const width = Math.max(2 * devicePixelRatio, end - from);
            plot.ctx.fillRect(end - width, plot.bbox.top, width, plot.bbox.height);
          }
        },
      ],
    },
  };
}

/** Stretches that overlap, as one each. */
function united(events: readonly NamedEvent[]): { fromMs: number; toMs: number }[] {
  const whole: { fromMs: number; toMs: number }[] = [];
  for (const { fromMs, toMs } of events) {
    const last = whole.at(-1);
    if (last !== undefined && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else whole.push({ fromMs, toMs });
  }
  return whole;
}

function axis({ colour, rem }: Surroundings) {
  return {
    stroke: colour('--text-faint'),
    font: `${0.75 * rem}px 'Inter Variable', sans-serif`,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    gap: 0.5 * rem,
    size: 2 * rem,
  };
}
