import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const PATIENCE_MS = 10_000;

/** The SDL2 client of native/pad-field.c: what SDL tells a game of its gamepads, line by line. */
export class PadField {
  readonly lines: string[] = [];
  readonly #process: ChildProcess;
  readonly #waiting = new Set<() => void>();

  constructor(command: string, args: string[], env: Record<string, string>) {
    this.#process = spawn(command, args, {
      env: { PATH: '/usr/bin:/bin', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (this.#process.stdout === null) throw new Error('no pipe');
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      this.lines.push(line);
      for (const look of this.#waiting) look();
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** The first line that matches, among those after `from` and those to come. */
  async line(wanted: RegExp, from = 0): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        this.#waiting.delete(look);
        clearTimeout(timer);
        end();
      };
      const look = () => {
        for (const line of this.lines.slice(from)) {
          const match = wanted.exec(line);
          if (match !== null) return settle(() => resolve(match));
        }
      };
      const timer = setTimeout(
        () => settle(() => reject(new Error(`no line like ${wanted} among:\n${this.lines.slice(-40).join('\n')}`))),
        PATIENCE_MS,
      );
      this.#waiting.add(look);
      look();
    });
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await gone;
  }
}
