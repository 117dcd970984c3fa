import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { browserScript } from '../browser-script.ts';
import { networkTable } from '../network/network-table.ts';
import { type Figure, figures } from './figures.ts';
import { METHOD } from './method.ts';
import { plots } from './plots.ts';
import type { Result } from './result.ts';
import { cells } from './terminal.ts';

const SCRIPT = fileURLToPath(new URL('page/draw.ts', import.meta.url));
const STYLE = new URL('page/report.css', import.meta.url);

/** The report as one page that needs nothing else: figures, plots, method, machine. */
export async function htmlReport(result: Result): Promise<string> {
  const plotStyle = await readFile(createRequire(import.meta.url).resolve('uplot/dist/uPlot.min.css'), 'utf8');
  const style = plotStyle + (await readFile(STYLE, 'utf8'));
  const script = await browserScript(SCRIPT);
  const { machine, startedAt } = result;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Kilat bench, ${plain(machine.commit)}</title><style>${style}</style></head>
<body><main>
<h1>Kilat bench</h1>
<p class="lead">${plain(startedAt.slice(0, 16).replace('T', ' '))} UTC · commit ${plain(machine.commit)}${machine.dirty ? ' with changes' : ''}</p>
${result.stopped === null ? '' : `<p class="warning">This run ended early: ${plain(result.stopped)}. What it measured until then is below.</p>`}
${figuresOf(result)}
<div id="plots"></div>
<section><h2>How it is measured</h2>${METHOD.map((paragraph) => `<p>${plain(paragraph)}</p>`).join('\n')}</section>
<section><h2>Machine</h2><dl>${machineRows(result)
    .map(([name, value]) => `<dt>${name}</dt><dd>${plain(value)}</dd>`)
    .join('')}</dl></section>
</main>
<script>globalThis.kilatBenchPlots = ${JSON.stringify(plots(result)).replaceAll('<', '\\u003c')};</script>
<script>${script.replaceAll('</script', '<\\/script')}</script>
</body></html>
`;
}

function figuresOf(result: Result): string {
  const network = result.network.length === 0 ? '' : `<pre>${plain(networkTable(result.network))}</pre>`;
  const isOther = result.choices.parts.some((part) => part !== 'network');
  return `${isOther ? table(figures(result)) : ''}${network}`;
}

function table(all: readonly Figure[]): string {
  const heads = [
    'Figure',
    'Unit',
    'Kilat<br><small>p50 / p95 / p99</small>',
    'noVNC<br><small>p50 / p95 / p99</small>',
    'Goal',
    'noVNC ÷ Kilat',
    'Reached',
  ];
  const rows = all.map((figure) => {
    const state = figure.reached === undefined ? '' : figure.reached ? 'yes' : 'no';
    return `<tr class="${figure.part ? 'part' : ''} ${state}">${cells(figure)
      .map((cell) => `<td>${plain(cell.trim())}</td>`)
      .join('')}</tr>`;
  });
  return `<table><thead><tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}

function machineRows({ machine, choices }: Result): [string, string][] {
  return [
    ['Processor', `${machine.cpu}, ${machine.cores} cores`],
    ['Memory', `${machine.memoryMb} MB`],
    ['Kernel', machine.kernel],
    ['Node', machine.node],
    ['Chromium', machine.chromium],
    ['Yardstick', machine.yardstick],
    ['Load before the run', machine.loadBefore.toFixed(2)],
    ['A fixed piece of work (4 MiB compressed)', `${machine.workMs.toFixed(0)} ms`],
    [
      'Asked for',
      `${choices.parts.join(', ')}; ${choices.inputs} presses, ${choices.launches} launches, ${choices.clicks} clicks`,
    ],
  ];
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const plain = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character] as string);
