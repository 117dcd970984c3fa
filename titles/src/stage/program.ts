import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { LoadedTitle } from '../load.ts';
import { resolveCommand } from '../resolve.ts';
import { startDisplay, type TestDisplay } from './display.ts';
import { startSilentSound } from './sound.ts';

/** A title's program on a display and sound server of its own. */
export interface StagedTitle {
  display: TestDisplay;
  process: ChildProcess;
  /** `performance.now()` at which the program was executed. */
  startedMs: number;
  /** Ends the program, then what it stood on, then its home. */
  close(): Promise<void>;
}

/** Starts a title the way an edge does: an empty home with the manifest's files, its display size, sound unheard. */
export async function stageTitle(title: LoadedTitle): Promise<StagedTitle> {
  const folder = await mkdtemp(join(tmpdir(), 'kilat-title-'));
  const home = join(folder, 'home');
  await mkdir(home);
  for (const [path, text] of Object.entries(title.home)) {
    await mkdir(dirname(join(home, path)), { recursive: true });
    await writeFile(join(home, path), text);
  }
  const display = await startDisplay(title.display.width, title.display.height);
  const sound = await startSilentSound(folder);
  const { command, args, env } = resolveCommand(title, { node: process.execPath });
  const startedMs = performance.now();
  const program = spawn(command, args, {
    cwd: home,
    detached: true,
    stdio: 'ignore',
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin:/usr/games',
      LANG: 'C.UTF-8',
      HOME: home,
      XDG_RUNTIME_DIR: folder,
      DISPLAY: display.name,
      PULSE_SERVER: sound.address,
      ...env,
    },
  });
  const exited = once(program, 'exit');
  return {
    display,
    process: program,
    startedMs,
    close: async () => {
      if (program.exitCode === null && program.signalCode === null) process.kill(-(program.pid as number), 'SIGKILL');
      await exited;
      await display.close();
      await sound.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
