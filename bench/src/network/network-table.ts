import { LATENCY_STAGES } from '@kilat/shared/latency/stages';
import { type NetworkFigures, networkFigures } from './network-figures.ts';
import type { NetworkRecord } from './network-record.ts';

const HEADINGS = [
  'path',
  's',
  'freezes',
  'longest gap ms',
  'shown fps',
  'frame delay p50 / p95 ms',
  'input to photon p50 / p95 ms',
  'not shown',
  'Mb/s',
  'queue p50 / p95 ms',
  'lost %',
  'lines',
];

/** What the paths did, one row each, and what was to be reached. */
export function networkTable(records: readonly NetworkRecord[]): string {
  const all = records.map(networkFigures);
  const games = records.flatMap(({ profile, nextFrameMs }) =>
    nextFrameMs === null
      ? []
      : [
          `${profile}: input to next frame p50 ${oneDigit(nextFrameMs.p50)} ms, p95 ${oneDigit(nextFrameMs.p95)} ms, n ${nextFrameMs.n}`,
        ],
  );
  const staged = all.filter(({ stages }) => stages.length > 0).map(stagesRow);
  return [
    ...aligned([HEADINGS, ...all.map(row)]),
    '',
    ...(staged.length === 0
      ? []
      : ['Where the input’s time went, p50 / p95 ms', ...aligned([['path', ...LATENCY_STAGES, 'n'], ...staged]), '']),
    ...games,
    ...reached(all),
  ].join('\n');
}

/** Columns under their headings, with a rule between. */
function aligned(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const lines = rows.map((cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  return [lines[0] ?? '', rule, ...lines.slice(1)];
}

function stagesRow({ profile, stages }: NetworkFigures): string[] {
  return [
    profile,
    ...stages.map(({ ms }) => `${oneDigit(ms.p50)} / ${oneDigit(ms.p95)}`),
    String(stages[0]?.ms.n ?? 0),
  ];
}

function row(figures: NetworkFigures): string[] {
  const pair = (a: number | undefined, b: number | undefined) => `${oneDigit(a)} / ${oneDigit(b)}`;
  return [
    figures.profile,
    figures.seconds.toFixed(0),
    String(figures.freezes),
    figures.longestGapMs.toFixed(0),
    oneDigit(figures.shownFps),
    pair(figures.delayP50Ms, figures.delayP95Ms),
    pair(figures.photonP50Ms, figures.photonP95Ms),
    String(figures.unshownPresses),
    (figures.meanKbps / 1000).toFixed(2),
    pair(figures.queueP50Ms, figures.queueP95Ms),
    figures.lostPercent.toFixed(2),
    Number.isFinite(figures.leastHeight) ? String(figures.leastHeight) : '–',
  ];
}

const oneDigit = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(1));

/** A sentence for each aim: what it was, what came of it. */
export function reached(all: readonly NetworkFigures[]): string[] {
  const of = (name: string) => all.find(({ profile }) => profile === name);
  const [clean, lossy, halved, bursts] = [of('clean-40'), of('loss-1'), of('halved'), of('bursts-5')];
  const lines: string[] = [];
  const say = (met: boolean, words: string) => lines.push(`${met ? 'reached    ' : 'NOT reached'}  ${words}`);
  if (lossy !== undefined) {
    say(lossy.freezes === 0, `1 % loss: ${lossy.freezes} freezes > 200 ms in ${lossy.seconds.toFixed(0)} s, to be 0`);
    if (clean !== undefined) {
      const fall = 100 * (1 - lossy.meanKbps / clean.meanKbps);
      say(fall < 10, `1 % loss: the bitrate falls ${fall.toFixed(1)} % against no loss, to be < 10 %`);
    }
  }
  if (halved?.change !== undefined) {
    const { backAfterMs, meanKbps } = halved.change;
    say(halved.freezes === 0, `8 → 4 Mb/s: ${halved.freezes} freezes > 200 ms, to be 0`);
    say(
      backAfterMs !== undefined && backAfterMs <= 1_000,
      `8 → 4 Mb/s: frame delay under base + 30 ms after ${backAfterMs?.toFixed(0) ?? 'more than the record of'} ms, to be 1000`,
    );
    say(meanKbps >= 3_400, `8 → 4 Mb/s: ${(meanKbps / 40).toFixed(0)} % of the link used after 5 s, to be ≥ 85 %`);
  }
  if (bursts !== undefined) {
    const p95 = bursts.photonP95Ms ?? Number.POSITIVE_INFINITY;
    say(bursts.shownFps >= 40, `5 % in bursts: ${bursts.shownFps.toFixed(1)} fps shown, to be ≥ 40`);
    say(p95 < 160, `5 % in bursts: input to photon p95 ${p95.toFixed(0)} ms, to be < 160 (round trip + 120)`);
  }
  return lines;
}
