import { distribution } from '@kilat/shared/latency/quantiles';
import type { AdmissionFigures } from './admission.ts';
import type { StepFigures } from './session-run.ts';

/** One measured step: how many played at once, and in which round. */
export interface StepRecord extends StepFigures {
  sessions: number;
  round: number;
}

/** The goal: with others beside it, a session's p95 is at most this many times that of one alone. */
export const MOST_RATIO = 1.5;

const PARTS = ['session', 'game', 'X server', 'sound server', 'media worker', 'agent'];

/** One row for each number of sessions, as a Markdown table. */
export function densityTable(records: readonly StepRecord[]): string {
  const counts = [...new Set(records.map(({ sessions }) => sessions))].sort((a, b) => a - b);
  const alone = worstP95(records.filter(({ sessions }) => sessions === 1));
  const rows = counts.map((sessions) => {
    const own = records.filter((record) => record.sessions === sessions);
    const p95 = worstP95(own);
    const players = own.flatMap((record) => record.players);
    const mean = (value: (record: StepRecord) => number | undefined) =>
      average(own.flatMap((record) => value(record) ?? []));
    return [
      String(sessions),
      each(own, (latency) => latency.p50),
      each(own, (latency) => latency.p95),
      alone === undefined || p95 === undefined ? '–' : `${(p95 / alone).toFixed(2)}×`,
      digits(
        mean(({ edgeInputP95Ms }) => edgeInputP95Ms),
        1,
      ),
      digits(
        mean(({ edgeEncodeP95Ms }) => edgeEncodeP95Ms),
        1,
      ),
      players.map(({ framesPerSecond }) => framesPerSecond.toFixed(0)).sort((a, b) => Number(a) - Number(b))[0] ?? '–',
      String(players.reduce((sum, { inputs }) => sum + inputs.unmatched, 0)),
      ...PARTS.map((part) =>
        digits(
          mean(({ cores }) => cores[part] ?? 0),
          2,
        ),
      ),
      digits(
        mean(({ cores }) => cores.all),
        2,
      ),
    ];
  });
  const heading = [
    'sessions',
    'p50, each (ms)',
    'p95, each (ms)',
    'worst p95 ÷ alone',
    'edge’s part p95 (ms)',
    'encode p95 (ms)',
    'slowest fps',
    'inputs without answer',
    ...PARTS.map((part) => `${part} (cores)`),
    'whole machine (cores)',
  ];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Most sessions at once whose worst p95 stays within the goal; 0 when nothing was measured. */
export function honestMaximum(records: readonly StepRecord[]): number {
  const alone = worstP95(records.filter(({ sessions }) => sessions === 1));
  if (alone === undefined) return 0;
  const within = records
    .map(({ sessions }) => sessions)
    .filter((count) => {
      const p95 = worstP95(records.filter(({ sessions }) => sessions === count));
      return p95 !== undefined && p95 <= MOST_RATIO * alone;
    });
  // A larger number that happens to do well does not count when a smaller one does not.
  let most = 0;
  while (within.includes(most + 1)) most++;
  return most;
}

export function admissionSentence({ admitted, refusal, slowestFps }: AdmissionFigures): string {
  const fps = slowestFps === undefined ? '' : `, the slowest at ${slowestFps.toFixed(0)} frames a second`;
  return refusal === undefined
    ? `Measured admission let all ${admitted} in${fps}.`
    : `Measured admission let ${admitted} in${fps}, and refused the next: ${refusal}.`;
}

/** The slowest player's p95, averaged over the rounds. */
function worstP95(records: readonly StepRecord[]): number | undefined {
  const worst = records.map(({ players }) => Math.max(...players.map(({ latencyMs }) => latencyMs?.p95 ?? Number.NaN)));
  return average(worst.filter((ms) => !Number.isNaN(ms)));
}

/** The figure of each player, from the best to the worst, over all rounds; a range where there are many. */
function each(records: readonly StepRecord[], of: (latency: { p50: number; p95: number }) => number): string {
  const values = records
    .flatMap(({ players }) => players.flatMap(({ latencyMs }) => (latencyMs === undefined ? [] : of(latencyMs))))
    .sort((a, b) => a - b);
  const [least, most] = [values[0], values.at(-1)];
  if (least === undefined || most === undefined) return '–';
  return `${least.toFixed(1)} – ${most.toFixed(1)}`;
}

function average(values: readonly number[]): number | undefined {
  return distribution(values) === undefined ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

const digits = (value: number | undefined, count: number): string => (value === undefined ? '–' : value.toFixed(count));
