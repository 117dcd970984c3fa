import type { Amount, Figure } from './figures.ts';
import type { Goal } from './goals.ts';

const HEADINGS = ['', '', 'Kilat p50 / p95 / p99', 'noVNC p50 / p95 / p99', 'goal', 'noVNC ÷ Kilat', 'reached'];

/** The figures as one table of plain text. */
export function terminalTable(figures: readonly Figure[]): string {
  const rows = [HEADINGS, ...figures.map(cells)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

/** One figure as the words of the table: name, unit, Kilat, noVNC, goal, ratio, reached. */
export function cells({ name, unit, kilat, novnc, goal, ratio, reached, part }: Figure): string[] {
  return [
    part ? `  ${name}` : name,
    unit,
    amountText(kilat),
    amountText(novnc),
    goal === undefined ? '' : goalText(goal),
    ratio === undefined ? '' : ratio.toFixed(1),
    reached === undefined ? '' : reached ? 'yes' : 'NO',
  ];
}

export function amountText(amount: Amount | undefined): string {
  if (amount === undefined) return '–';
  if (typeof amount === 'number') return numberText(amount);
  return [amount.p50, amount.p95, amount.p99].map(numberText).join(' / ');
}

function goalText({ p50, p95, value }: Goal): string {
  if (value !== undefined) return `≤ ${value}`;
  if (p95 === undefined) return `p50 ≤ ${p50}`;
  return p50 === undefined ? `p95 ≤ ${p95}` : `≤ ${p50} / ${p95}`;
}

/** Three digits that mean something. */
function numberText(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size === 0 || size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}
