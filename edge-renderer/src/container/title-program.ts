import { resolveCommand } from '@kilat/titles/resolve';
import type { LoadedTitle } from '@kilat/titles/load';
import { Gate } from '../sandbox/gate.ts';
import { limitsOf } from '../sandbox/limits.ts';
import type { JoinedNetwork } from '../sandbox/network/title-network.ts';
import type { SandboxChoice, SandboxedTitle } from '../sandbox/sandbox.ts';
import { sandboxNamed } from '../sandbox/sandboxes.ts';
import { gpuDevices } from '../sandbox/system-view.ts';
import { titleFiles } from '../sandbox/title-files.ts';
import { layOutHome, makeHome } from '../saves/home.ts';
import type { ProgramEnd } from '../process/owned-process.ts';
import { inAll, type TitleAddition } from './title-addition.ts';
import type { SoundPlace } from './sound-server.ts';

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
  /** Its sound server's place; the server may still be starting. */
  sound: SoundPlace | undefined;
  /** What the edge adds for the title. */
  added: TitleAddition;
  /** Marks every process of the container, so that none can outlive it unnoticed. */
  mark: Record<string, string>;
}

/** A title that has its sandbox, and its program that waits there to begin. */
export interface ReadyTitle extends SandboxedTitle {
  /** Fills the home with the manifest's files and the player's saves, and lets the program begin. Once. */
  begin(): Promise<void>;
}

/** Makes a title's sandbox, with a fresh private home; its program does not begin before it is told to. */
export async function makeTitleReady(
  title: LoadedTitle,
  { folder, display, xauthorityPath, ipcOf, network, sound, added, mark }: TitleSurroundings,
  sandbox: SandboxChoice,
  onExit: (end: ProgramEnd, lastWords: string) => void,
): Promise<ReadyTitle> {
  const limits = limitsOf(title.sandbox, sandbox.allowed);
  const [gate] = await Promise.all([Gate.make(folder), makeHome(folder, limits.diskMb)]);
  const resolved = resolveCommand(title, { node: process.execPath });
  const sockets = [`/tmp/.X11-unix/X${display.slice(1)}`, ...(sound === undefined ? [] : [sound.folder])];
  const sandboxed = await sandboxNamed(sandbox.name).start(
    {
      folder,
      ...gate.before(resolved.command, resolved.args),
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin:/usr/games',
        LANG: 'C.UTF-8',
        DISPLAY: display,
        XAUTHORITY: xauthorityPath,
        ...(sound === undefined ? {} : { PULSE_SERVER: sound.address }),
        ...inAll([added, { env: resolved.env, sees: [] }]).env,
        ...mark,
      },
      nice: GAME_NICENESS,
      sees: [...titleFiles(title, resolved), xauthorityPath, ...sockets, ...added.sees, gate.path],
      devices: gpuDevices(),
      limits,
      ipcOf,
      network,
    },
    onExit,
  );
  return {
    ...sandboxed,
    begin: async () => {
      await layOutHome(title, folder);
      await gate.open();
    },
    stop: async () => {
      await sandboxed.stop();
      await gate.close();
    },
  };
}
