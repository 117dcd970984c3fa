import uPlot from 'uplot';
import type { CurvePlot, Plots, StackPlot } from '../plots.ts';

declare global {
  /** Set by the page before this script. */
  var kilatBenchPlots: Plots;
}

const CURVE_COLOURS = ['#0b6bcb', '#c2571a', '#2e8b57', '#8a4fbf'];
const PART_COLOURS = [
  '#4e79a7',
  '#f28e2b',
  '#59a14f',
  '#e15759',
  '#76b7b2',
  '#edc948',
  '#b07aa1',
  '#ff9da7',
  '#9c755f',
  '#bab0ac',
  '#6b9ac4',
  '#d37295',
];
const HEIGHT = 300;

const host = document.querySelector('#plots') as HTMLElement;
for (const stack of globalThis.kilatBenchPlots.stacks) drawStack(section(stack), stack);
for (const curve of globalThis.kilatBenchPlots.curves) drawCurve(section(curve), curve);

function element(name: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function section({ title, note }: { title: string; note: string }): HTMLElement {
  const made = element('section', 'plot');
  made.append(element('h2', '', title), element('p', 'note', note));
  host.append(made);
  return made;
}

function drawCurve(into: HTMLElement, { xLabel, yLabel, kind, names, columns }: CurvePlot): void {
  const series = names.map((label, place): uPlot.Series => {
    const stroke = CURVE_COLOURS[place % CURVE_COLOURS.length] as string;
    const look: uPlot.Series =
      kind === 'points'
        ? { paths: () => null, points: { show: true, size: 4, fill: stroke } }
        : { width: 2, points: { show: false } };
    return { label, stroke, spanGaps: false, value: (_, value) => (value === null ? '–' : value.toFixed(1)), ...look };
  });
  // Without the section's padding.
  const area = into.appendChild(element('div', ''));
  const options: uPlot.Options = {
    width: area.clientWidth,
    height: HEIGHT,
    scales: {
      x: { time: false },
      y: kind === 'steps' ? { range: [0, 100] } : { range: (_, __, most) => [0, most * 1.05] },
    },
    axes: [{ label: xLabel }, { label: yLabel, size: 60 }],
    series: [{ label: xLabel, value: (_, value) => (value === null ? '–' : value.toFixed(1)) }, ...series],
    cursor: { drag: { x: true, y: true } },
  };
  const plot = new uPlot(options, columns as uPlot.AlignedData, area);
  addEventListener('resize', () => plot.setSize({ width: area.clientWidth, height: HEIGHT }));
}

function drawStack(into: HTMLElement, { unit, bars }: StackPlot): void {
  const total = ({ parts }: StackPlot['bars'][number]) => parts.reduce((sum, { value }) => sum + Math.max(0, value), 0);
  const most = Math.max(...bars.map(total));
  const names = [...new Set(bars.flatMap(({ parts }) => parts.map(({ name }) => name)))];
  const colour = (name: string) => PART_COLOURS[names.indexOf(name) % PART_COLOURS.length] as string;
  const digits = most < 5 ? 3 : most < 100 ? 1 : 0;

  const legend = element('p', 'legend');
  for (const name of names) {
    const swatch = element('i', '');
    swatch.style.background = colour(name);
    const word = element('span', '');
    word.append(swatch, name);
    legend.append(word);
  }
  into.append(legend);
  for (const bar of bars) {
    const row = element('div', 'bar');
    const track = element('div', 'track');
    for (const { name, value } of bar.parts) {
      const piece = element('b', '', value / most > 0.05 ? value.toFixed(digits) : '');
      piece.style.width = `${(100 * Math.max(0, value)) / most}%`;
      piece.style.background = colour(name);
      piece.title = `${name}: ${value.toFixed(digits)} ${unit}`;
      track.append(piece);
    }
    row.append(
      element('span', 'name', bar.name),
      track,
      element('span', 'total', `${total(bar).toFixed(digits)} ${unit}`),
    );
    into.append(row);
  }
}
