import { join } from 'node:path';
import { resolveCommand } from '@kilat/titles/resolve';
import type { LoadedTitle } from '@kilat/titles/load';
import { sandboxNamed } from '../sandbox/choose.ts';
import { limitsOf } from '../sandbox/limits.ts';
import type { JoinedNetwork } from '../sandbox/network/title-network.ts';
import type { SandboxChoice, SandboxedTitle } from '../sandbox/sandbox.ts';
import { gpuDevices } from '../sandbox/system-view.ts';
import { titleFiles } from '../sandbox/title-files.ts';
import { layOutHome } from '../saves/home.ts';
import type { ProgramEnd } from './owned-process.ts';

/** Games run below the capture and encode path, so that a busy game costs frames of its own, not latency. */
const GAME_NICENESS = 5;

/** What a title's program sees of its container. */
export interface TitleSurroundings {
  folder: string;
  display: string;
  xauthorityPath: string;
  /** Process of the X server if it has an IPC namespace of its own. */
  ipcOf: number | undefined;
  /** The network that was made for it. */
  network: JoinedNetwork | undefined;
  pulseServer: string | undefined;
  /** What the edge adds to the title's environment. */
  env: Record<string, string>;
  /** Marks every process of the container, so that none can outlive it unnoticed. */
  mark: Record<string, string>;
}

/**
 * Starts a title's program, in its sandbox, in a fresh private home that holds the manifest's files and the player's saves.
 */
export async function startTitle(
  title: LoadedTitle,
  { folder, display, xauthorityPath, ipcOf, network, pulseServer, env: added, mark }: TitleSurroundings,
  sandbox: SandboxChoice,
  onExit: (end: ProgramEnd, lastWords: string) => void,
): Promise<SandboxedTitle> {
  const limits = limitsOf(title.sandbox, sandbox.allowed);
  await layOutHome(title, folder, limits.diskMb);
  const resolved = resolveCommand(title, { node: process.execPath });
  const sockets = [
    `/tmp/.X11-unix/X${display.slice(1)}`,
    ...(pulseServer === undefined ? [] : [pulseServer.replace(/^unix:/, '')]),
  ];
  const gamepads = title.input.includes('gamepad') ? [join(folder, 'gamepads')] : [];
  return sandboxNamed(sandbox.name).start(
    {
      folder,
      command: resolved.command,
      args: resolved.args,
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin:/usr/games',
        LANG: 'C.UTF-8',
        DISPLAY: display,
        XAUTHORITY: xauthorityPath,
        ...(pulseServer === undefined ? {} : { PULSE_SERVER: pulseServer }),
        ...added,
        ...resolved.env,
        ...mark,
      },
      nice: GAME_NICENESS,
      sees: [...titleFiles(title, resolved), xauthorityPath, ...sockets, ...gamepads],
      devices: gpuDevices(),
      limits,
      ipcOf,
      network,
    },
    onExit,
  );
}
