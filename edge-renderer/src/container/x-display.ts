import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DisplaySpec } from '@kilat/shared/title/manifest';
import type { DisplayAddress } from '../capture/x-connection.ts';
import { OwnedProcess } from './owned-process.ts';

/** One session's X server. */
export interface XDisplay {
  address: DisplayAddress;
  xauthorityPath: string;
  /** Where its screen is mapped to a file; undefined for a server that has none. */
  framebufferPath: string | undefined;
  /** Its process if it has an IPC namespace of its own: a title in it hands pictures over in shared memory. */
  ipcOf: number | undefined;
  stop(): Promise<void>;
}

/**
 * Starts Xvfb on a free display, its screen mapped to a file, in an IPC namespace of its own if asked; rejects with its own
 * words when it does not come up.
 */
export async function startXDisplay(
  folder: string,
  { width, height }: DisplaySpec,
  onLost: (detail: string) => void,
  { ownIpc = false } = {},
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
    { ownIpc },
  );
  return { ...display, framebufferPath: join(framebufferFolder, 'Xvfb_screen0') };
}

/** Starts an X server program on a free display, closed to all without its cookie; rejects with its own words. */
export async function startXServer(
  program: string,
  args: string[],
  folder: string,
  onLost: (detail: string) => void,
  { ownIpc = false } = {},
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
  const [number] = (await Promise.race([once(numberPipe, 'data'), failed])) as [Buffer];
  up = true;
  failed.catch(() => {});
  return {
    address: { display: `:${number.toString().trim()}`, cookie },
    xauthorityPath,
    ipcOf: ownIpc ? server.child.pid : undefined,
    stop: () => server.stop(),
  };
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
