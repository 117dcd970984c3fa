import { readFileSync } from 'node:fs';

/** What the whole machine does. */
export interface MachineUsage {
  busyCores: number;
  memoryAvailableMb: number;
}

/** Reads processor use between two calls from /proc/stat, and available memory. */
export class MachineUsageReader {
  readonly #proc: string;
  #before: CpuTimes | undefined;

  constructor(proc = '/proc') {
    this.#proc = proc;
  }

  /** Undefined at the first call: use is a difference of two. */
  read(cores: number): MachineUsage | undefined {
    const now = parseCpuTimes(readFileSync(`${this.#proc}/stat`, 'utf8'));
    const before = this.#before;
    this.#before = now;
    if (before === undefined || now.total <= before.total) return undefined;
    const share = 1 - (now.idle - before.idle) / (now.total - before.total);
    const memory = readFileSync(`${this.#proc}/meminfo`, 'utf8');
    const availableKb = Number(/^MemAvailable:\s*(\d+) kB/m.exec(memory)?.[1] ?? 0);
    return { busyCores: Math.max(0, share) * cores, memoryAvailableMb: availableKb / 1024 };
  }
}

interface CpuTimes {
  total: number;
  idle: number;
}

/** First line: user nice system idle iowait irq softirq steal. What was stolen by the host is not free either. */
function parseCpuTimes(stat: string): CpuTimes {
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = (
    /^cpu\s+(.*)$/m.exec(stat)?.[1] ?? ''
  )
    .split(' ')
    .map(Number);
  return { total: user + nice + system + idle + iowait + irq + softirq + steal, idle: idle + iowait };
}
