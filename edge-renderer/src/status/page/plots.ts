import uPlot from 'uplot';
import type { EdgeStatus } from '../edge-status.ts';
import { element } from './elements.ts';

type Point = EdgeStatus['history'][number];

interface Line {
  name: string;
  /** Token of its colour. */
  colour: string;
  digits: number;
  value: (point: Point) => number | null;
}

interface PlotSpec {
  title: string;
  unit: string;
  lines: readonly Line[];
}

const PLOTS: readonly PlotSpec[] = [
  {
    title: 'Latency on this edge, worst session’s p95, ms',
    unit: 'ms',
    lines: [
      { name: 'input → sent', colour: '--stage-input', digits: 1, value: ({ inputP95Ms }) => inputP95Ms },
      { name: 'damage → sent', colour: '--stage-capture', digits: 1, value: ({ frameP95Ms }) => frameP95Ms },
      { name: 'encode', colour: '--stage-encode', digits: 1, value: ({ encodeP95Ms }) => encodeP95Ms },
    ],
  },
  {
    title: 'Frames a second',
    unit: 'fps',
    lines: [
      { name: 'all sessions', colour: '--stage-network', digits: 0, value: ({ totalFps }) => totalFps },
      { name: 'slowest', colour: '--stage-encode', digits: 0, value: ({ slowestFps }) => slowestFps },
    ],
  },
  {
    title: 'Cores busy, and sessions',
    unit: '',
    lines: [
      { name: 'cores busy', colour: '--stage-title', digits: 2, value: ({ busyCores }) => busyCores },
      { name: 'sessions', colour: '--text-soft', digits: 0, value: ({ sessions }) => sessions },
    ],
  },
];

const HEIGHT = 160;

/** The plots of the last minutes, drawn into `host` and kept up to date by `show`. */
export class Plots {
  readonly #drawn: { plot: uPlot; spec: PlotSpec; host: HTMLElement; summary: HTMLElement }[];

  constructor(host: HTMLElement) {
    this.#drawn = PLOTS.map((spec) => {
      const summary = element('p');
      summary.className = 'visually-hidden';
      const own = element('div', [element('h3', spec.title), summary]);
      own.className = 'plot';
      host.append(own);
      return { plot: new uPlot(options(spec, own.clientWidth), [[]], own), spec, host: own, summary };
    });
    new ResizeObserver(() => {
      for (const { plot, host: own } of this.#drawn) plot.setSize({ width: own.clientWidth, height: HEIGHT });
    }).observe(host);
  }

  show(points: readonly Point[]): void {
    for (const { plot, spec, summary } of this.#drawn) {
      const times = points.map(({ atMs }) => atMs / 1000);
      plot.setData([times, ...spec.lines.map(({ value }) => points.map(value))]);
      // Where nobody points at a moment, the latest is told.
      if (plot.cursor.idx == null && times.length > 0) plot.setLegend({ idx: times.length - 1 });
      summary.textContent = spec.lines.map((line) => inWords(line, spec, points)).join('; ');
    }
  }
}

/** The plot for who cannot see it: the latest figure and the range. */
function inWords(line: Line, { unit }: PlotSpec, points: readonly Point[]): string {
  const values = points.flatMap((point) => line.value(point) ?? []);
  const last = values.at(-1);
  if (last === undefined) return `${line.name}: nothing measured`;
  const [now, least, most] = [last, Math.min(...values), Math.max(...values)].map((value) => figure(value, line, unit));
  return `${line.name}: now ${now}, between ${least} and ${most}`;
}

const figure = (value: number, { digits }: Line, unit: string): string => `${value.toFixed(digits)} ${unit}`.trim();

const clock = (seconds: number): string => new Date(seconds * 1000).toTimeString().slice(0, 8);

function options({ lines, unit }: PlotSpec, width: number): uPlot.Options {
  const colour = (token: string) => () => getComputedStyle(document.documentElement).getPropertyValue(token);
  const axis: uPlot.Axis = {
    stroke: colour('--text-soft'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line'), width: 1 },
  };
  return {
    width: Math.max(width, 200),
    height: HEIGHT,
    cursor: { points: { size: 6 } },
    scales: { y: { range: (_plot, _least, most) => [0, Math.max(1, (most ?? 0) * 1.1)] } },
    axes: [
      { ...axis, space: 70, values: (_plot, times) => times.map(clock) },
      { ...axis, size: 56 },
    ],
    series: [
      { label: 'at', value: (_plot, seconds) => (seconds === null ? '–' : clock(seconds)) },
      ...lines.map((line) => ({
        label: line.name,
        stroke: colour(line.colour),
        width: 2,
        points: { show: false },
        spanGaps: false,
        value: (_plot: uPlot, value: number | null) =>
          value === null || value === undefined ? '–' : figure(value, line, unit),
      })),
    ],
  };
}
