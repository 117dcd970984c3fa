import { readdirSync, readFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { markedProcesses } from '../container/leftovers.ts';

/** How much nicer a container is while it warms up in the background. */
export const WARMING_NICENESS = 10;

const CAP_SYS_NICE = 23n;
/** RLIMIT_NICE is 20 minus the nice value that may be reached: 20 means back to 0. */
const NICE_LIMIT_FOR_ZERO = 20;

/** Whether this process may take niceness back again; otherwise a niced container would stay slow for its player. */
export function mayRaisePriority(proc = '/proc/self'): boolean {
  try {
    const capabilities = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync(`${proc}/status`, 'utf8'))?.[1] ?? '0';
    const limit = /^Max nice priority\s+(\d+)/m.exec(readFileSync(`${proc}/limits`, 'utf8'))?.[1] ?? '0';
    return ((BigInt(`0x${capabilities}`) >> CAP_SYS_NICE) & 1n) === 1n || Number(limit) >= NICE_LIMIT_FOR_ZERO;
  } catch {
    return false;
  }
}

/**
 * Gives every thread of a container's processes its usual priority. Niceness belongs to a thread, not to a process, and
 * a thread started meanwhile inherits what its starter had: the second look finds those.
 */
export async function endWarmingPriority(folder: string): Promise<void> {
  for (let look = 0; look < 2; look++) {
    for (const pid of await markedProcesses(folder)) for (const thread of threadsOf(pid)) makeLessNice(thread);
  }
}

function threadsOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [];
  }
}

function makeLessNice(thread: number): void {
  try {
    const nice = getPriority(thread);
    if (nice >= WARMING_NICENESS) setPriority(thread, nice - WARMING_NICENESS);
  } catch {
    // It ended meanwhile.
  }
}
