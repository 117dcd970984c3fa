import { readdirSync, readFileSync } from 'node:fs';

/** Ticks per second of /proc's times: USER_HZ, 100 on every Linux (proc(5)). */
const TICKS_PER_SECOND = 100;

export interface ProcessReading {
  pid: number;
  parent: number;
  /** User and system time so far, of all threads, in seconds. */
  seconds: number;
}

/** A process that belongs to the product, what part of it, and its processor time so far. */
export interface PartTime {
  part: string;
  seconds: number;
}

/** By process id. */
export type ProcessTimes = ReadonlyMap<number, PartTime>;

/** Reads `/proc/<pid>/stat`; the program's name, in parentheses, may hold anything, so fields count from its end. */
export function parseStat(text: string): ProcessReading | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [parent, user, system] = [fields[1], fields[11], fields[12]].map(Number);
  const pid = Number.parseInt(text, 10);
  if (parent === undefined || user === undefined || system === undefined) return undefined;
  if (![pid, parent, user, system].every(Number.isFinite)) return undefined;
  return { pid, parent, seconds: (user + system) / TICKS_PER_SECOND };
}

/** Every process of this machine. */
export function readProcesses(): ProcessReading[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return parseStat(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
    } catch {
      return []; // It ended meanwhile.
    }
  });
}

/** Words of a process's command line; empty for one that ended. */
export function commandLine(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      .split('\0')
      .filter((word) => word !== '');
  } catch {
    return [];
  }
}

/** `root` and all its descendants. */
export function familyOf(root: number, processes: readonly ProcessReading[]): ProcessReading[] {
  const family = new Set([root]);
  for (let grown = -1; grown !== family.size; ) {
    grown = family.size;
    for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
  }
  return processes.filter(({ pid }) => family.has(pid));
}

/** Times of a family's processes that `partOf` names by their command line; the others do not count. */
export function processTimes(root: number, partOf: (command: string[]) => string | undefined): ProcessTimes {
  const times = new Map<number, PartTime>();
  for (const { pid, seconds } of familyOf(root, readProcesses())) {
    const part = partOf(commandLine(pid));
    if (part !== undefined) times.set(pid, { part, seconds });
  }
  return times;
}

/** Processor cores used between two readings, by part. A process that ended in between is left out. */
export function coresBetween(
  before: ProcessTimes,
  after: ProcessTimes,
  elapsedSeconds: number,
): Record<string, number> {
  const cores: Record<string, number> = {};
  for (const [pid, { part, seconds }] of after) {
    cores[part] = (cores[part] ?? 0) + (seconds - (before.get(pid)?.seconds ?? 0)) / elapsedSeconds;
  }
  return cores;
}

/** All parts together. */
export function totalCores(cores: Readonly<Record<string, number>>): number {
  return Object.values(cores).reduce((sum, part) => sum + part, 0);
}
