import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Whether nobody but this process's user can have made the folder, and what is in it; false where nothing, or a link, is there. */
export async function ownFolder(path: string): Promise<boolean> {
  try {
    const [folder, parent] = await Promise.all([lstat(path), lstat(dirname(path))]);
    const anybodysPlace = (parent.mode & 0o002) !== 0;
    return folder.isDirectory() && (folder.uid === process.getuid?.() || !anybodysPlace);
  } catch {
    return false;
  }
}
