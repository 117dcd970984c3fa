import { join } from 'node:path';
import { OwnedProcess, type ProgramEnd } from '../process/owned-process.ts';
import type { Sandbox, SandboxedTitle, TitleRun } from './sandbox.ts';

/** No sandbox: the title is a program of the edge's user and may do all that this user may. */
export class Unsandboxed implements Sandbox {
  readonly name = 'none';

  async unavailable(): Promise<undefined> {}

  async start(run: TitleRun, onExit: (end: ProgramEnd, lastWords: string) => void): Promise<SandboxedTitle> {
    const home = join(run.folder, 'home');
    const env = { ...run.env, HOME: home, XDG_RUNTIME_DIR: join(run.folder, 'run') };
    const owned = new OwnedProcess(run.command, run.args, { env, cwd: home, nice: run.nice }, onExit);
    return {
      freeze: () => owned.signal('SIGSTOP'),
      thaw: () => owned.signal('SIGCONT'),
      stop: () => owned.stop(),
    };
  }

  async end(): Promise<void> {}
}
