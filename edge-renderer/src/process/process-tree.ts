import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** A process that waits for a device (a GPU that hangs) cannot be killed before it gets its answer, ms. */
const GIVE_UP_MS = 5_000;

/** A process's descendants, itself excluded. Those whose parent ended belong to their namespace's first process. */
export function descendants(pid: number): number[] {
  const found: number[] = [];
  const open = [pid];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const children = childrenOf(next);
    found.push(...children);
    open.push(...children);
  }
  return found;
}

/** Sends a signal to processes of which some may be gone. */
export function signalAll(pids: number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has gone.
    }
  }
}

/**
 * Stops processes (SIGCONT wakes them). One may start another between being listed and being stopped, so that the list is
 * taken again until it holds nothing new.
 */
export function stopAll(list: () => number[]): void {
  const stopped = new Set<number>();
  for (let fresh = list(); fresh.length > 0; fresh = list().filter((pid) => !stopped.has(pid))) {
    signalAll(fresh, 'SIGSTOP');
    for (const pid of fresh) stopped.add(pid);
  }
}

/** A process's children now; empty when it has gone. */
export function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
        .split(' ')
        .filter((text) => text !== '')
        .map(Number),
    );
  } catch {
    return [];
  }
}

/** Kills what `list` finds until it finds nothing, at most `GIVE_UP_MS`. */
export async function killAll(list: () => number[] | Promise<number[]>): Promise<void> {
  const giveUpAt = Date.now() + GIVE_UP_MS;
  for (let left = await list(); left.length > 0; left = await list()) {
    if (Date.now() > giveUpAt) return;
    signalAll(left, 'SIGKILL');
    await setTimeout(5);
  }
}

/** Kills every process of a user. */
export const endUser = (uid: number): Promise<void> => killAll(() => processesOf(uid));

/** Living processes of a user; a zombie is none. */
export function processesOf(uid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8');
        return new RegExp(`^Uid:\\s*${uid}\\s`, 'm').test(status) && !/^State:\s*[ZX]/m.test(status);
      } catch {
        return false;
      }
    });
}
