import type { HostileAttempt } from './hostile-title.ts';

/** What a hostile title tried and how it ended, as a table a person reads. */
export function hostileTable(sandbox: string, attempts: readonly HostileAttempt[], others: number): string {
  const rows = attempts.map(({ guarded, attempt, failed, detail }) => [
    guarded,
    attempt,
    failed ? 'failed' : 'SUCCEEDED',
    detail.split('\n')[0]?.slice(0, 40) ?? '',
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const rest = others === 0 ? [] : [`${others} more attempts are for somebody else to stop.`];
  return [`A hostile title in ${sandbox}:`, ...lines, ...rest].join('\n');
}
