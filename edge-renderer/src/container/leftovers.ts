import { readFileSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { ownFolder } from '../own-folder.ts';
import { endTitle } from '../sandbox/end-title.ts';
import { removeFolder } from '../sandbox/private-home.ts';
import { killAll } from '../process/process-tree.ts';

/** Environment variable that every process of a container carries; its value is the container's scratch folder. */
export const CONTAINER_MARK = 'KILAT_CONTAINER';

const PREFIX = 'kilat-';

/** A client's first bytes (X11 protocol, section 8): little-endian, version 11.0, no authorization. Answered in any case. */
const X_SETUP = Buffer.from([0x6c, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
const ANSWER_TIMEOUT_MS = 1_000;

/** Start of a scratch folder's name; says which agent process owns it. */
export function scratchPrefix(agentPid: number): string {
  return `${PREFIX}${agentPid}-${startTime(agentPid)}-`;
}

/** Ends a container's title whoever started it, and every process with the container's mark. */
export async function sweep(folder: string): Promise<void> {
  await endTitle(folder);
  await killAll(() => markedProcesses(folder));
}

/** Removes the socket a killed X server left; one that answers belongs to another server of the same number. */
export async function removeDeadDisplay(display: string): Promise<void> {
  const path = `/tmp/.X11-unix/X${display.replace(':', '')}`;
  if (!(await answers(path))) await rm(path, { force: true });
}

/** A server that is dying still takes connections, but says nothing on them; one that is only slow is alive. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => socket.write(X_SETUP));
    const settle = (alive: boolean) => {
      resolve(alive);
      socket.destroy();
    };
    socket.once('data', () => settle(true));
    socket.once('close', () => settle(false));
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => settle(true));
    socket.on('error', () => {});
  });
}

/** What an agent left: how many containers are gone now, and what could not be removed, with the reason. */
export interface Leftovers {
  removed: number;
  stuck: string[];
}

/**
 * Removes what agents of this user that are no longer alive left in the scratch folder. `release` comes between the end of
 * a container's processes and the end of its folder, and may keep the folder. Others may write to the scratch folder: what
 * is theirs is not believed and not touched.
 */
export async function removeLeftovers(
  scratch: string,
  release: (folder: string) => Promise<boolean> = async () => true,
): Promise<Leftovers> {
  const leftovers: Leftovers = { removed: 0, stuck: [] };
  for (const name of await readdir(scratch)) {
    const owner = /^kilat-(\d+)-(\d+)-/.exec(name);
    if (owner === null || startTime(Number(owner[1])) === owner[2]) continue;
    const folder = join(scratch, name);
    if (!(await ownFolder(folder))) continue;
    await sweep(folder);
    if (!(await release(folder))) continue;
    try {
      await removeFolder(folder);
      leftovers.removed += 1;
    } catch (error) {
      leftovers.stuck.push(String(error));
    }
  }
  return leftovers;
}

/** Living processes whose environment carries the mark. A zombie's environment is empty. */
export async function markedProcesses(folder: string): Promise<number[]> {
  const mark = `${CONTAINER_MARK}=${folder}`;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const carry = await Promise.all(pids.map(async (pid) => (await environmentOf(pid)).split('\0').includes(mark)));
  return pids.filter((_, place) => carry[place]).map(Number);
}

const environmentOf = (pid: string): Promise<string> => readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');

/** Field 22 of /proc/<pid>/stat: with it a process id is unique until the next boot. "0" when there is no such process. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  } catch {
    return '0';
  }
}
