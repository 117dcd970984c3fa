import { ANSWER_WITHIN_MS, type ChaosRecord } from './chaos.ts';
import { VICTIMS } from './victims.ts';

/** Kills that did not go as promised: no answer in time, or something left behind. */
export function failures(records: readonly ChaosRecord[], withinMs = ANSWER_WITHIN_MS): ChaosRecord[] {
  return records.filter(({ outcome, afterMs, left }) => outcome === 'none' || afterMs > withinMs || left.length > 0);
}

/** One row for each victim, as a Markdown table. */
export function chaosTable(records: readonly ChaosRecord[]): string {
  const rows = VICTIMS.flatMap((victim) => {
    const own = records.filter((record) => record.victim === victim);
    if (own.length === 0) return [];
    const count = (...outcomes: ChaosRecord['outcome'][]) =>
      own.filter(({ outcome }) => outcomes.includes(outcome)).length;
    const times = own.map(({ afterMs }) => afterMs).sort((a, b) => a - b);
    const at = (share: number) => seconds(times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0);
    return [
      [
        victim,
        own.length,
        own.filter(({ during }) => during !== 'playing').length,
        count('resumed'),
        count('ended'),
        failures(own).filter(({ outcome, afterMs }) => outcome === 'none' || afterMs > ANSWER_WITHIN_MS).length,
        at(0.5),
        at(1),
        own.filter(({ left }) => left.length > 0).length,
      ],
    ];
  });
  const heading = [
    'killed',
    'times',
    'of them while starting',
    'same session went on',
    'ended, and said so',
    `neither in ${ANSWER_WITHIN_MS / 1000} s`,
    'answer after p50',
    'at most',
    'left anything behind',
  ];
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n');
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
