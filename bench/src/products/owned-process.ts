import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** How long a program has to end by itself once asked. */
const PATIENCE_MS = 3_000;

export interface ProcessOptions {
  env?: Record<string, string>;
  /** Folder to run in. */
  cwd?: string;
  /** Opens a pipe from the program's file descriptor 3. */
  extraPipe?: boolean;
}

/** A program the bench started and therefore ends. */
export class OwnedProcess {
  readonly child: ChildProcess;
  /** The last it wrote, to say why it failed. */
  output = '';

  constructor(command: string, args: readonly string[], { env = {}, cwd, extraPipe = false }: ProcessOptions = {}) {
    this.child = spawn(command, [...args], {
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
      stdio: ['ignore', 'pipe', 'pipe', extraPipe ? 'pipe' : 'ignore'],
      // A group of its own: a Ctrl-C stops the bench, and the bench its programs, in order.
      detached: true,
    });
    const endWithUs = () => this.child.kill('SIGKILL');
    process.on('exit', endWithUs);
    this.child.on('exit', () => process.off('exit', endWithUs));
    const keep = (chunk: Buffer) => {
      this.output = (this.output + chunk.toString()).slice(-4_000);
    };
    this.child.stdout?.on('data', keep);
    this.child.stderr?.on('data', keep);
    this.child.on('error', (error) => keep(Buffer.from(String(error))));
  }

  get pid(): number {
    const { pid } = this.child;
    if (pid === undefined) throw new Error(`could not start ${this.child.spawnfile}: ${this.output}`);
    return pid;
  }

  get ended(): boolean {
    return this.child.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }

  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGINT'): void {
    if (!this.ended) this.child.kill(name);
  }

  async close(): Promise<void> {
    if (this.ended) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGCONT');
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), PATIENCE_MS);
    await exit;
    clearTimeout(timer);
  }
}
