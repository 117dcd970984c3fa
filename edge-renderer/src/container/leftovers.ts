import { readdirSync, readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** Environment variable that every process of a container carries; its value is the container's scratch folder. */
export const CONTAINER_MARK = 'KILAT_CONTAINER';

const PREFIX = 'kilat-';

/** Start of a scratch folder's name; says which agent process owns it. */
export function scratchPrefix(agentPid: number): string {
  return `${PREFIX}${agentPid}-${startTime(agentPid)}-`;
}

/** Kills every process that carries a container's mark and waits until they are gone. */
export async function sweep(folder: string): Promise<void> {
  for (let found = markedProcesses(folder); found.length > 0; found = markedProcesses(folder)) {
    for (const pid of found) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It went by itself in the meantime.
      }
    }
    await setTimeout(10);
  }
}

/** Removes the socket a killed X server left; one that answers belongs to another server of the same number. */
export async function removeDeadDisplay(display: string): Promise<void> {
  const path = `/tmp/.X11-unix/X${display.replace(':', '')}`;
  const socket = connect(path);
  const dead = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(false));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
  socket.destroy();
  if (dead) await rm(path, { force: true });
}

/** Removes what agents that are no longer alive left in the scratch folder; returns how many containers it were. */
export async function removeLeftovers(scratch: string): Promise<number> {
  let removed = 0;
  for (const name of await readdir(scratch)) {
    const owner = /^kilat-(\d+)-(\d+)-/.exec(name);
    if (owner === null || startTime(Number(owner[1])) === owner[2]) continue;
    const folder = join(scratch, name);
    await sweep(folder);
    await rm(folder, { recursive: true, force: true });
    removed += 1;
  }
  return removed;
}

/** Living processes whose environment carries the mark. A zombie's environment is empty. */
export function markedProcesses(folder: string): number[] {
  const mark = `${CONTAINER_MARK}=${folder}`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && environmentOf(pid).split('\0').includes(mark));
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}

/** Field 22 of /proc/<pid>/stat: with it a process id is unique until the next boot. "0" when there is no such process. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  } catch {
    return '0';
  }
}
