import { readdirSync, readFileSync } from 'node:fs';

/** One process; `startedAt` (ticks since boot) makes it unique, since ids are used again. */
export interface ProcessFacts {
  pid: number;
  parent: number;
  startedAt: string;
  command: string[];
}

const LOOK_EVERY_MS = 400;

/** Remembers every descendant of some processes, so that it can be told later which of them outlived their owner. */
export class ProcessWatch {
  readonly #roots: () => number[];
  readonly #seen = new Map<string, ProcessFacts>();
  readonly #timer: NodeJS.Timeout;

  constructor(roots: () => number[]) {
    this.#roots = roots;
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** The roots and their descendants now. */
  look(): ProcessFacts[] {
    const all = livingProcesses();
    const family = new Set(this.#roots());
    for (let size = -1; size !== family.size; ) {
      size = family.size;
      for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
    }
    const found = all.filter(({ pid }) => family.has(pid));
    for (const facts of found) this.#seen.set(`${facts.pid} ${facts.startedAt}`, facts);
    return found;
  }

  /** Processes whose command line has a word that ends so: `Xvfb`, `dsda-doom`, `session-process.ts`. */
  named(ending: string): ProcessFacts[] {
    return this.look().filter(({ command }) => command.some((word) => word.endsWith(ending)));
  }

  get everSeen(): ProcessFacts[] {
    return [...this.#seen.values()];
  }

  /** Those ever seen that still live. */
  survivors(): ProcessFacts[] {
    return livingProcesses().filter(({ pid, startedAt }) => this.#seen.has(`${pid} ${startedAt}`));
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** Every process of this machine that is not a zombie, the oldest first: ids begin anew after the largest. */
function livingProcesses(): ProcessFacts[] {
  const found = readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state === 'Z' || state === 'X') return [];
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8')
        .split('\0')
        .filter((word) => word !== '');
      return [{ pid: Number(name), parent: Number(parent), startedAt: rest[17] ?? '', command }];
    } catch {
      return []; // It ended while being read.
    }
  });
  return found.sort((a, b) => Number(a.startedAt) - Number(b.startedAt));
}
