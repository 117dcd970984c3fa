import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupProblem } from '../startup-problem.ts';
import { DISK_RESERVE_BYTES, freeBytes } from './disk-room.ts';

/** A new database takes 40 MB. */
const ROOM_TO_START_BYTES = DISK_RESERVE_BYTES + 64 * 1024 * 1024;

/** Makes the Indexer's folder inside the data folder, and says plainly where it cannot be used. */
export async function prepareDataFolder(dataFolder: string): Promise<string> {
  const folder = join(dataFolder, 'indexer');
  const probe = join(folder, `.write-probe-${process.pid}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(probe, Buffer.alloc(4096));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw full(dataFolder, 0);
    throw new StartupProblem(
      'data-folder',
      `The data folder ${dataFolder} cannot be written (${message}). Mend its rights, or set KILAT_DATA.`,
    );
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
  const free = await freeBytes(folder);
  if (free < ROOM_TO_START_BYTES) throw full(dataFolder, free);
  return folder;
}

function full(dataFolder: string, free: number): StartupProblem {
  const needed = Math.round(ROOM_TO_START_BYTES / 2 ** 20);
  const left = Math.floor(free / 2 ** 20);
  return new StartupProblem(
    'disk-full',
    `The disk of the data folder ${dataFolder} has ${left} MiB left and ${needed} are needed. Free some space, or set KILAT_DATA.`,
  );
}
