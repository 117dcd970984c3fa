import { groupName, makeGroups } from './control-groups.ts';
import type { Limits } from './limits.ts';

/** Joins each control group named before "--", forbids core files, and becomes the program named after it. */
const JOIN =
  'ulimit -c 0; while [ "$1" != -- ]; do echo 0 > "$1/cgroup.procs" || exit 126; shift; done; shift; exec "$@"';

/** Words to put before a command so that it and all it starts are bounded, and the control groups it is in then. */
export interface Bounds {
  words: string[];
  groups: string[];
}

/**
 * Makes a container's control groups. Where the machine does not allow them, the kernel bounds each process instead: its
 * memory, and how many its user may have.
 */
export function bound(folder: string, limits: Limits): Bounds {
  const { folders, missing } = makeGroups(groupName(folder), limits);
  const perProcess = [
    ...(missing.includes('memory') ? [`--data=${limits.memoryMb * 2 ** 20}`] : []),
    ...(missing.includes('pids') ? [`--nproc=${limits.pids}`] : []),
  ];
  const words = ['sh', '-c', JOIN, 'sh', ...folders, '--'];
  return { words: perProcess.length === 0 ? words : [...words, 'prlimit', ...perProcess, '--'], groups: folders };
}

/** What to say of a title that the kernel ended because it wanted more memory than it may have. */
export const outOfMemoryWords = ({ memoryMb }: Limits): string => `It needed more than its ${memoryMb} MB of memory.`;
