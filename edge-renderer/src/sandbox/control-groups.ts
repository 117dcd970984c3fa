import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Limits } from './limits.ts';
import { killAll } from '../process/process-tree.ts';

// Limits, and the one list of a title's processes that it cannot leave. Version 1 has a tree for each controller, version 2
// one tree for all; a hybrid machine has the controllers in version 1.

const MB = 2 ** 20;
const PERIOD_US = 100_000;
const CONTROLLERS = ['memory', 'pids', 'cpu'] as const;
type Controller = (typeof CONTROLLERS)[number];

/** The folders of one container's control groups: one per controller (v1), or one for all (v2). Empty: none could be made. */
export type GroupFolders = string[];

/** Where groups can be made on this machine: by controller, the folder they go below. */
export interface GroupPlaces {
  version: 1 | 2;
  parents: Partial<Record<Controller, string>>;
}

/** Reads where this process's groups are; groups of titles go below, or beside them (v2). Nothing is changed. */
export function groupPlaces(): GroupPlaces {
  const own = new Map<string, string>();
  for (const line of readFileSync('/proc/self/cgroup', 'utf8').trim().split('\n')) {
    const [, controllers = '', path = '/'] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    for (const controller of controllers.split(',')) own.set(controller, path);
  }
  const places: GroupPlaces = { version: own.has('memory') || own.has('pids') ? 1 : 2, parents: {} };
  for (const { type, point, root, controllers } of groupMounts()) {
    for (const controller of CONTROLLERS) {
      const fits = places.version === 2 ? type === 'cgroup2' : type === 'cgroup' && controllers.includes(controller);
      const path = own.get(places.version === 2 ? '' : controller);
      if (!fits || path === undefined) continue;
      const inside = root !== '/' && path.startsWith(root) ? path.slice(root.length) : path;
      // In version 2 a group that holds processes cannot have limited groups below it, except the topmost.
      const parent = places.version === 1 || inside === '/' || inside === '' ? inside : dirname(inside);
      places.parents[controller] ??= join(point, parent);
    }
  }
  return places;
}

/**
 * Makes the groups of one container and sets its limits. What the machine does not let us make is left out (`missing`);
 * the caller then falls back to what a process alone can be bound to.
 */
export function makeGroups(
  name: string,
  limits: Limits,
  places: GroupPlaces = groupPlaces(),
): { folders: GroupFolders; missing: Controller[] } {
  const folders = new Set<string>();
  const missing: Controller[] = [];
  for (const controller of CONTROLLERS) {
    const parent = places.parents[controller];
    try {
      if (parent === undefined) throw new Error('no such controller');
      const folder = join(parent, name);
      if (places.version === 2) writeFileSync(join(parent, 'cgroup.subtree_control'), `+${controller}`);
      mkdirSync(folder, { recursive: true });
      folders.add(folder);
      setLimit(folder, places.version, controller, limits);
    } catch {
      missing.push(controller);
    }
  }
  return { folders: [...folders], missing };
}

function setLimit(folder: string, version: 1 | 2, controller: Controller, { memoryMb, cpus, pids }: Limits): void {
  const set = (file: string, value: number | string) => writeFileSync(join(folder, file), String(value));
  const setWhereThere = (file: string, value: number | string) => {
    try {
      set(file, value);
    } catch {
      // The kernel counts no swap.
    }
  };
  // A quota costs a game its even pace, so there is none where it may use every processor.
  const quotaUs = cpus >= availableParallelism() ? undefined : Math.round(cpus * PERIOD_US);
  switch (controller) {
    case 'memory':
      set(version === 1 ? 'memory.limit_in_bytes' : 'memory.max', memoryMb * MB);
      if (version === 1) setWhereThere('memory.memsw.limit_in_bytes', memoryMb * MB);
      else setWhereThere('memory.swap.max', 0);
      return;
    case 'pids':
      return set('pids.max', pids);
    case 'cpu':
      if (quotaUs === undefined) return;
      if (version === 2) return set('cpu.max', `${quotaUs} ${PERIOD_US}`);
      set('cpu.cfs_period_us', PERIOD_US);
      return set('cpu.cfs_quota_us', quotaUs);
  }
}

/** Every process in the groups and in those below them. */
export function processesIn(folders: GroupFolders): number[] {
  const found = new Set<number>();
  for (const folder of folders.flatMap(withInner)) {
    for (const line of readLines(join(folder, 'cgroup.procs'))) found.add(Number(line));
  }
  return [...found];
}

/** Whether the kernel ended a process of the groups because they were over their memory. */
export function ranOutOfMemory(folders: GroupFolders): boolean {
  return folders
    .flatMap(withInner)
    .some((folder) =>
      ['memory.oom_control', 'memory.events'].some((file) =>
        readLines(join(folder, file)).some((line) => /^oom_kill [1-9]/.test(line)),
      ),
    );
}

/** Kills everything in the groups and removes them, where that can be done. Names of groups that are gone are fine. */
export async function removeGroups(folders: GroupFolders): Promise<void> {
  await killAll(() => processesIn(folders));
  for (const folder of folders.flatMap(withInner).reverse()) await removeGroup(folder);
}

/** A group's last process stays counted for a moment after it is gone. */
async function removeGroup(folder: string, tries = 100): Promise<void> {
  for (let tried = 0; tried < tries; tried++) {
    try {
      return rmdirSync(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      await setTimeout(5);
    }
  }
}

/** A group and the groups below it, outermost first. */
function withInner(folder: string): string[] {
  try {
    const inner = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [folder, ...inner.flatMap(({ name }) => withInner(join(folder, name)))];
  } catch {
    return [];
  }
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}

/** proc_pid_mountinfo(5): id, parent, device, root, mount point, options, optional fields, "-", type, source, options. */
function groupMounts(): { type: string; root: string; point: string; controllers: string[] }[] {
  return readLines('/proc/self/mountinfo').flatMap((line) => {
    const [mount = '', filesystem = ''] = line.split(' - ');
    const [type = '', , options = ''] = filesystem.split(' ');
    const [, , , root = '/', point = ''] = mount.split(' ');
    return type === 'cgroup' || type === 'cgroup2' ? [{ type, root, point, controllers: options.split(',') }] : [];
  });
}

/** The name of a container's groups: that of its scratch folder, which is unique until the next boot. */
export const groupName = (folder: string): string => basename(folder);
