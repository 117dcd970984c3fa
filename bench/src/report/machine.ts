import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { deflateSync } from 'node:zlib';
import { distribution } from '@kilat/shared/latency/quantiles';

/** Where and on what code a run was made. */
export interface Machine {
  commit: string;
  /** The working tree differed from the commit. */
  dirty: boolean;
  cpu: string;
  cores: number;
  memoryMb: number;
  kernel: string;
  node: string;
  chromium: string;
  /** Packages of the yardstick, as installed. */
  yardstick: string;
  /** Mean length of the run queue over the minute before the run: what else the machine was doing. */
  loadBefore: number;
  /** How long a core takes for a fixed piece of work, ms: what a virtual machine is worth changes from day to day. */
  workMs: number;
}

const YARDSTICK_PACKAGES = ['tigervnc-standalone-server', 'novnc', 'websockify'];

export function describeMachine(repository: string, chromium: string): Machine {
  const git = (...words: string[]) => output('git', ['-C', repository, ...words]);
  const processors = cpus();
  return {
    commit: git('rev-parse', '--short=12', 'HEAD') || 'unknown',
    dirty: git('status', '--porcelain') !== '',
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryMb: Math.round(totalmem() / 2 ** 20),
    kernel: release(),
    node: process.version,
    chromium,
    yardstick: YARDSTICK_PACKAGES.map((name) => `${name} ${packageVersion(name)}`).join(', '),
    loadBefore: loadavg()[0] ?? 0,
    workMs: workMs(),
  };
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query fills it in.
const VERSION_FORMAT = '${Version}';

const WORK_BYTES = 4 * 2 ** 20;
const WORK_TIMES = 9;

/** Median time of compressing the same 4 MiB (zlib, level 6), ms. */
function workMs(): number {
  const data = Buffer.alloc(WORK_BYTES);
  let state = 1;
  for (let place = 0; place < WORK_BYTES; place++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    data[place] = (state >>> 24) & 0x3f;
  }
  const times = Array.from({ length: WORK_TIMES }, () => {
    const beganMs = performance.now();
    deflateSync(data, { level: 6 });
    return performance.now() - beganMs;
  });
  return distribution(times)?.p50 ?? Number.NaN;
}

const packageVersion = (name: string): string =>
  output('dpkg-query', ['--show', '--showformat', VERSION_FORMAT, name]) || 'unknown';

/** What a program prints; empty where it is missing or fails. */
function output(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}
