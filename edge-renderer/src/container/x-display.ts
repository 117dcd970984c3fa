import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DisplaySpec } from '@kilat/shared/title/manifest';
import type { DisplayAddress } from '../capture/x-connection.ts';
import { OwnedProcess } from './owned-process.ts';

/** One session's X server (Xvfb), its screen mapped to a file. */
export interface XDisplay {
  address: DisplayAddress;
  xauthorityPath: string;
  framebufferPath: string;
  /** Its process if it has an IPC namespace of its own: a title in it hands pictures over in shared memory. */
  ipcOf: number | undefined;
  stop(): Promise<void>;
}

/** Starts Xvfb on a free display, with an IPC namespace of its own if asked; rejects with its words when it does not come up. */
export async function startXDisplay(
  folder: string,
  { width, height }: DisplaySpec,
  onLost: (detail: string) => void,
  { ownIpc = false } = {},
): Promise<XDisplay> {
  const framebufferFolder = join(folder, 'screen');
  const xauthorityPath = join(folder, 'xauthority');
  const cookie = randomBytes(12).toString('base64url');
  await mkdir(framebufferFolder);
  await writeFile(xauthorityPath, xauthorityEntry(cookie), { mode: 0o600 });
  let up = false;
  const server = new OwnedProcess(
    ownIpc ? 'unshare' : 'Xvfb',
    [
      ...(ownIpc ? ['--ipc', '--', 'Xvfb'] : []),
      '-displayfd',
      '3',
      '-screen',
      '0',
      `${width}x${height}x24`,
      '-fbdir',
      framebufferFolder,
      '-auth',
      xauthorityPath,
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
    { env: { PATH: process.env.PATH ?? '/usr/bin:/bin' }, cwd: folder, extraStdio: ['pipe'] },
    (_end, lastWords) => up && onLost(lastWords),
  );
  const numberPipe = server.child.stdio[3];
  if (numberPipe === null || numberPipe === undefined) throw new Error('no pipe for the display number');
  const failed = once(server.child, 'close').then(() => {
    throw new Error(`Xvfb did not start. ${server.lastWords}`);
  });
  const [number] = (await Promise.race([once(numberPipe, 'data'), failed])) as [Buffer];
  up = true;
  failed.catch(() => {});
  return {
    address: { display: `:${number.toString().trim()}`, cookie },
    xauthorityPath,
    framebufferPath: join(framebufferFolder, 'Xvfb_screen0'),
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
