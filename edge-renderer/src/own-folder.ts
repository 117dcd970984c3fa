import { lstat } from 'node:fs/promises';

/** Whether the path is a folder (no symlink) of this process's own user; false where nothing is there. */
export async function ownFolder(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  return stats?.isDirectory() === true && stats.uid === process.getuid?.();
}
