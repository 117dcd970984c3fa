import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { resolveCommand } from '@kilat/titles/resolve';
import type { LoadedTitle } from '@kilat/titles/load';
import { OwnedProcess, type ProgramEnd } from './owned-process.ts';

/** Games run below the capture and encode path, so that a busy game costs frames of its own, not latency. */
const GAME_NICENESS = 5;

/** What a title's program sees of its container. */
export interface TitleSurroundings {
  folder: string;
  display: string;
  xauthorityPath: string;
  pulseServer: string | undefined;
  /** What the edge adds to the title's environment. */
  env: Record<string, string>;
  /** Marks every process of the container, so that none can outlive it unnoticed. */
  mark: Record<string, string>;
}

/** Starts a title's program in a fresh private home that holds the manifest's files. */
export async function startTitle(
  title: LoadedTitle,
  { folder, display, xauthorityPath, pulseServer, env: added, mark }: TitleSurroundings,
  onExit: (end: ProgramEnd, lastWords: string) => void,
): Promise<OwnedProcess> {
  const home = join(folder, 'home');
  const runtime = join(folder, 'run');
  await mkdir(home);
  await mkdir(runtime, { mode: 0o700 });
  for (const [path, text] of Object.entries(title.home)) {
    await mkdir(dirname(join(home, path)), { recursive: true });
    await writeFile(join(home, path), text);
  }
  const { command, args, env } = resolveCommand(title, { node: process.execPath });
  return new OwnedProcess(
    command,
    args,
    {
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin:/usr/games',
        LANG: 'C.UTF-8',
        HOME: home,
        XDG_RUNTIME_DIR: runtime,
        DISPLAY: display,
        XAUTHORITY: xauthorityPath,
        ...(pulseServer === undefined ? {} : { PULSE_SERVER: pulseServer }),
        ...added,
        ...env,
        ...mark,
      },
      cwd: home,
      nice: GAME_NICENESS,
    },
    onExit,
  );
}
