import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Ticks of the whole machine since its start. */
export interface BusyReading {
  total: number;
  idle: number;
}

export function readBusy(): BusyReading {
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, ...rest] = (
    /^cpu\s+(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? ''
  )
    .split(' ')
    .slice(0, 8)
    .map(Number);
  return {
    total: user + nice + system + idle + iowait + rest.reduce((sum, ticks) => sum + ticks, 0),
    idle: idle + iowait,
  };
}

/** Processor cores that were busy between two readings. */
export function busyCoresBetween(before: BusyReading, after: BusyReading): number {
  const total = after.total - before.total;
  return total <= 0 ? 0 : (1 - (after.idle - before.idle) / total) * availableParallelism();
}
