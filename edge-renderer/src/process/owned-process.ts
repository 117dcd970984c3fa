import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';

/** How a program ended: its exit status, or the signal that killed it. */
export interface ProgramEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** How many bytes of a program's last words are kept for error messages. */
const LAST_WORDS_BYTES = 2_000;
const LAST_WORDS_WAIT_MS = 100;

/**
 * A program this process owns: it dies with its owner (PR_SET_PDEATHSIG through util-linux's setpriv), is ended by
 * `stop()`, and `onExit` tells of an end nobody asked for.
 */
export class OwnedProcess {
  readonly child: ChildProcess;
  readonly #terminate: () => void;
  #stopping = false;
  #lastWords = '';

  constructor(
    command: string,
    args: string[],
    options: {
      env: Record<string, string>;
      cwd: string;
      /** Numbers are open files that it gets as its descriptors 3, 4 and so on. */
      extraStdio?: ('pipe' | 'ignore' | number)[];
      nice?: number;
      /** How to ask it to end, where SIGTERM to its process group is not the way. */
      terminate?: () => void;
    },
    onExit: (end: ProgramEnd, lastWords: string) => void,
  ) {
    this.#terminate = options.terminate ?? (() => this.signal('SIGTERM'));
    const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', ...(options.extraStdio ?? [])];
    const nice = options.nice === undefined ? [] : ['nice', '-n', String(options.nice)];
    this.child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...nice, command, ...args], {
      env: options.env,
      cwd: options.cwd,
      stdio,
      // A process group of its own, so that a signal reaches whatever it started.
      detached: true,
    });
    const keep = (chunk: Buffer) => {
      this.#lastWords = (this.#lastWords + chunk.toString()).slice(-LAST_WORDS_BYTES);
    };
    this.child.stdout?.on('data', keep);
    this.child.stderr?.on('data', keep);
    this.child.on('error', (error) => keep(Buffer.from(error.message)));
    this.child.on('exit', (code, signal) => {
      if (this.#stopping) return;
      // Its last words may still be in the pipe; a grandchild may keep the pipe open for ever.
      const tell = () => onExit({ code, signal }, this.lastWords);
      void Promise.race([once(this.child, 'close'), setTimeout(LAST_WORDS_WAIT_MS)]).then(tell);
    });
  }

  get lastWords(): string {
    return this.#lastWords.trim();
  }

  /** Signals the program and what it started in its process group. */
  signal(signal: NodeJS.Signals): void {
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, signal);
    } catch {
      // All of it has gone.
    }
  }

  /** Ends the program: SIGTERM, and SIGKILL if it has not gone after `graceMs`. Idempotent. */
  async stop(graceMs = 300): Promise<void> {
    this.#stopping = true;
    if (this.child.exitCode !== null || this.child.signalCode !== null || this.child.pid === undefined) return;
    const gone = once(this.child, 'exit');
    // A stopped (SIGSTOP) program cannot handle SIGTERM before it continues.
    this.#terminate();
    this.signal('SIGCONT');
    if (await Promise.race([gone.then(() => true), setTimeout(graceMs, false)])) return;
    this.signal('SIGKILL');
    await gone;
  }
}
