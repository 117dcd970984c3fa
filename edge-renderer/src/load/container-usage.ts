import { readdirSync, readFileSync } from 'node:fs';
import { CONTAINER_MARK } from '../container/leftovers.ts';

export const CONTAINER_PARTS = ['session', 'game', 'display', 'sound'] as const;
export type ContainerPart = (typeof CONTAINER_PARTS)[number];

/** What one container's processes used between two looks. */
export interface ContainerUsage {
  cores: Record<ContainerPart, number>;
  totalCores: number;
  memoryMb: number;
}

/** What a look at a whole /proc costs in reading of foreign environments is paid once per process: a mark never changes. */
interface Known {
  startedAt: string;
  folder: string | undefined;
  seconds: number;
  memoryMb: number;
}

/** USER_HZ: 100 on every Linux (proc(5)). */
const TICKS_PER_SECOND = 100;
/** How often foreign processes are looked at again: their ids may have passed to others. */
const FOREIGN_EVERY_LOOKS = 10;
/** A process younger than this may still be on its way from its starter's environment to its own. */
const SETTLED_S = 5;

/** Reads processor time and memory of marked containers from /proc: one short pass for all of them. */
export class ContainerUsageReader {
  readonly #proc: string;
  #known = new Map<number, Known>();
  #readAtMs: number | undefined;
  #looks = 0;

  constructor(proc = '/proc') {
    this.#proc = proc;
  }

  /** Usage by scratch folder since the last call; `sessionPids` tells the session processes from what they started. */
  read(nowMs: number, sessionPids: ReadonlySet<number>, withMemory: boolean): Map<string, ContainerUsage> {
    const elapsedSeconds = this.#readAtMs === undefined ? undefined : (nowMs - this.#readAtMs) / 1000;
    this.#readAtMs = nowMs;
    const lookAtForeign = this.#looks++ % FOREIGN_EVERY_LOOKS === 0;
    const uptimeSeconds = Number.parseFloat(this.#text('uptime'));
    const usage = new Map<string, ContainerUsage>();
    const seen = new Map<number, Known>();
    for (const name of readdirSync(this.#proc)) {
      if (!/^\d+$/.test(name)) continue;
      const pid = Number(name);
      const before = this.#known.get(pid);
      if (before !== undefined && before.folder === undefined && !lookAtForeign) {
        seen.set(pid, before);
        continue;
      }
      const stat = parseStat(this.#text(`${name}/stat`));
      if (stat === undefined) continue;
      const same = before?.startedAt === stat.startedAt ? before : undefined;
      const isYoung = uptimeSeconds - Number(stat.startedAt) / TICKS_PER_SECOND < SETTLED_S;
      const folder = same?.folder ?? (same !== undefined && !isYoung ? undefined : this.#folderOf(name));
      if (folder === undefined && isYoung) continue;
      const memoryMb =
        folder === undefined ? 0 : withMemory || same === undefined ? this.#memoryMb(name) : same.memoryMb;
      seen.set(pid, { startedAt: stat.startedAt, folder, seconds: stat.seconds, memoryMb });
      if (folder === undefined) continue;
      const container = usage.get(folder) ?? emptyUsage();
      usage.set(folder, container);
      container.memoryMb += memoryMb;
      if (elapsedSeconds === undefined || elapsedSeconds <= 0) continue;
      const cores = (stat.seconds - (same?.seconds ?? 0)) / elapsedSeconds;
      container.cores[partOf(stat.program, sessionPids.has(pid))] += cores;
      container.totalCores += cores;
    }
    this.#known = seen;
    return usage;
  }

  #folderOf(pid: string): string | undefined {
    const mark = `${CONTAINER_MARK}=`;
    return this.#text(`${pid}/environ`)
      .split('\0')
      .find((entry) => entry.startsWith(mark))
      ?.slice(mark.length);
  }

  /** Proportional set size: pages shared with others count in parts. Resident size where the kernel does not tell it. */
  #memoryMb(pid: string): number {
    const shares = /^Pss:\s*(\d+) kB/m.exec(this.#text(`${pid}/smaps_rollup`))?.[1];
    const resident = /^VmRSS:\s*(\d+) kB/m.exec(shares === undefined ? this.#text(`${pid}/status`) : '')?.[1];
    return Number(shares ?? resident ?? 0) / 1024;
  }

  #text(path: string): string {
    try {
      return readFileSync(`${this.#proc}/${path}`, 'utf8');
    } catch {
      return ''; // It ended meanwhile, or is not ours to read.
    }
  }
}

function emptyUsage(): ContainerUsage {
  return { cores: { session: 0, game: 0, display: 0, sound: 0 }, totalCores: 0, memoryMb: 0 };
}

function partOf(program: string, isSession: boolean): ContainerPart {
  if (isSession) return 'session';
  if (program === 'Xvfb' || program === 'Xorg') return 'display';
  return program === 'pulseaudio' ? 'sound' : 'game';
}

/** `/proc/<pid>/stat`: a program's name stands in parentheses and may hold anything, so fields count from its end. */
function parseStat(text: string): { program: string; startedAt: string; seconds: number } | undefined {
  const end = text.lastIndexOf(')');
  if (end < 0) return undefined;
  const fields = text.slice(end + 2).split(' ');
  if (fields[0] === 'Z') return undefined;
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  return {
    program: text.slice(text.indexOf('(') + 1, end),
    startedAt: fields[19] ?? '',
    seconds: (user + system) / TICKS_PER_SECOND,
  };
}
