import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { resolveCommand } from '@kilat/titles/resolve';
import type { LoadedTitle } from '@kilat/titles/load';
import { layOutHome } from '../saves/home.ts';
import { OwnedProcess, type ProgramEnd } from './owned-process.ts';

/** Games run below the capture and encode path, so that a busy game costs frames of its own, not latency. */
const GAME_NICENESS = 5;

/** What a title's program sees of its container. */
export interface TitleSurroundings {
  folder: string;
  display: string;
  xauthorityPath: string;
  pulseServer: string | undefined;
  /** Marks every process of the container, so that none can outlive it unnoticed. */
  mark: Record<string, string>;
}

/** Starts a title's program in a fresh private home that holds the manifest's files and the player's saves. */
export async function startTitle(
  title: LoadedTitle,
  { folder, display, xauthorityPath, pulseServer, mark }: TitleSurroundings,
  onExit: (end: ProgramEnd, lastWords: string) => void,
): Promise<OwnedProcess> {
  const home = await layOutHome(title, folder);
  const runtime = join(folder, 'run');
  await mkdir(runtime, { recursive: true, mode: 0o700 });
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
        ...env,
        ...mark,
      },
      cwd: home,
      nice: GAME_NICENESS,
    },
    onExit,
  );
}
