import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DisplaySpec } from '@kilat/shared/title/manifest';
import type { DisplayAddress } from '../capture/x-connection.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { OwnedProcess } from '../process/owned-process.ts';
import { ownSocketPath } from '../process/own-socket.ts';

/** What a title must know of its X server. */
export interface TitleDisplay {
  address: DisplayAddress;
  xauthorityPath: string;
  /** Its process if it has an IPC namespace of its own: a title in it hands pictures over in shared memory. */
  ipcOf: number | undefined;
}

/** One session's X server. */
export interface XDisplay extends TitleDisplay {
  /** Where its screen is mapped to a file; undefined for a server that has none. */
  framebufferPath: string | undefined;
  stop(): Promise<void>;
}

export interface XServerOptions {
  /** Give it an IPC namespace of its own. */
  ownIpc?: boolean;
  /** Once, as soon as its socket is there: who connects is answered when it stands. */
  onSocket?: (display: TitleDisplay) => void;
}

/** How often the socket of a starting server is looked for, ms. */
const LOOK_MS = 4;

/**
 * Starts Xvfb on a free display, its screen mapped to a file, in an IPC namespace of its own if asked; rejects with its own
 * words when it does not come up.
 */
export async function startXDisplay(
  folder: string,
  { width, height }: DisplaySpec,
  onLost: (detail: string) => void,
  options: XServerOptions = {},
): Promise<XDisplay & { framebufferPath: string }> {
  const framebufferFolder = join(folder, 'screen');
  await mkdir(framebufferFolder);
  const display = await startXServer(
    'Xvfb',
    [
      '-screen',
      '0',
      `${width}x${height}x24`,
      '-fbdir',
      framebufferFolder,
      // The player draws the pointer itself; -noreset keeps the screen when its last client goes. The abstract socket
      // stays on: binding it is how -displayfd knows that a display number is taken.
      '-nocursor',
      '-noreset',
      '-nolisten',
      'tcp',
      '+extension',
      'GLX',
      '-dpi',
      '96',
    ],
    folder,
    onLost,
    options,
  );
  return { ...display, framebufferPath: join(framebufferFolder, 'Xvfb_screen0') };
}

/** Starts an X server program on a free display, closed to all without its cookie; rejects with its own words. */
export async function startXServer(
  program: string,
  args: string[],
  folder: string,
  onLost: (detail: string) => void,
  { ownIpc = false, onSocket }: XServerOptions = {},
): Promise<Omit<XDisplay, 'framebufferPath'>> {
  const xauthorityPath = join(folder, 'xauthority');
  const cookie = randomBytes(12).toString('base64url');
  await writeFile(xauthorityPath, xauthorityEntry(cookie), { mode: 0o600 });
  let up = false;
  const server = new OwnedProcess(
    ownIpc ? 'unshare' : program,
    [...(ownIpc ? ['--ipc', '--', program] : []), '-displayfd', '3', '-auth', xauthorityPath, ...args],
    { env: { PATH: process.env.PATH ?? '/usr/bin:/bin' }, cwd: folder, extraStdio: ['pipe'] },
    (_end, lastWords) => up && onLost(lastWords),
  );
  const numberPipe = server.child.stdio[3];
  if (numberPipe === null || numberPipe === undefined) throw new Error('no pipe for the display number');
  const failed = once(server.child, 'close').then(() => {
    throw new Error(`${program} did not start. ${server.lastWords}`);
  });
  const numbered = Promise.race([once(numberPipe, 'data'), failed]) as Promise<[Buffer]>;
  const called = (display: string): TitleDisplay => ({
    address: { display, cookie },
    xauthorityPath,
    ipcOf: ownIpc ? server.child.pid : undefined,
  });
  if (onSocket !== undefined) void displayOf(server.child.pid, numbered).then((name) => name && onSocket(called(name)));
  const [number] = await numbered;
  up = true;
  failed.catch(() => {});
  return { ...called(`:${number.toString().trim()}`), stop: () => server.stop() };
}

/** The display of a starting server: by its socket, which is there long before it says that it stands. */
async function displayOf(pid: number | undefined, numbered: Promise<[Buffer]>): Promise<string | undefined> {
  let said: string | undefined;
  let over = false;
  numbered.then(
    ([number]) => {
      said = `:${number.toString().trim()}`;
      over = true;
    },
    () => {
      over = true;
    },
  );
  while (!over && pid !== undefined) {
    const path = ownSocketPath(pid, /^\/tmp\/\.X11-unix\/X\d+$/);
    if (path !== undefined) return path.replace('/tmp/.X11-unix/X', ':');
    await sleep(LOOK_MS);
  }
  return said;
}

/** One Xauthority record for any display (FamilyWild), MIT-MAGIC-COOKIE-1; see Xau's file format. */
function xauthorityEntry(cookie: string): Buffer {
  const FAMILY_WILD = 0xffff;
  const field = (text: string) => {
    const bytes = Buffer.from(text, 'latin1');
    const length = Buffer.alloc(2);
    length.writeUInt16BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const family = Buffer.alloc(2);
  family.writeUInt16BE(FAMILY_WILD);
  return Buffer.concat([family, field(''), field(''), field('MIT-MAGIC-COOKIE-1'), field(cookie)]);
}
