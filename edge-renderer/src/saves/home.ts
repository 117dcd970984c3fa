import { chmod, copyFile, mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SavedFile } from '@kilat/shared/save/save';
import type { LoadedTitle } from '@kilat/titles/load';
import { giveHomeToOwner, makePrivateHome, privateHome, removePrivateHome } from '../sandbox/private-home.ts';

/** Where restored saves wait, whole, until the home is laid out. */
const restoredIn = (folder: string): string => join(folder, 'restored');
/** Stands while the home is whole. */
const laidOutMark = (folder: string): string => join(folder, 'home-laid-out');

/** Makes a fresh home of limited size, empty until it is laid out. */
export async function makeHome(folder: string, diskMb: number): Promise<void> {
  await rm(laidOutMark(folder), { force: true });
  await makePrivateHome(folder, diskMb);
}

/** Fills a fresh home: the manifest's files, and over them the player's own, where saves were restored; all its owner's. */
export async function layOutHome(title: LoadedTitle, folder: string): Promise<void> {
  const { home } = privateHome(folder);
  try {
    for (const [path, text] of Object.entries(title.home)) {
      await mkdir(dirname(join(home, path)), { recursive: true });
      await writeFile(join(home, path), text);
    }
    await copyInto(restoredIn(folder), home);
    await giveHomeToOwner(folder);
  } catch (error) {
    await removePrivateHome(folder);
    throw error;
  }
  await writeFile(laidOutMark(folder), '');
}

/** Whether all restored saves are in the home; before that, what is there is not what the player has, and no save. */
export const isLaidOut = async (folder: string): Promise<boolean> =>
  !(await exists(restoredIn(folder))) || (await exists(laidOutMark(folder)));

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Puts the files of a version where `layOutHome` finds them; the container's folder is nobody else's yet. */
export async function stageRestored(
  folder: string,
  files: readonly SavedFile[],
  contentOf: (file: SavedFile) => Promise<Buffer>,
): Promise<void> {
  const draft = `${restoredIn(folder)}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft);
  for (const file of files) {
    const path = join(draft, file.path);
    const content = await contentOf(file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content, { flag: 'wx' });
    // A title must be able to write its own saves, whatever it had made of them.
    await chmod(path, file.mode | 0o600);
    await utimes(path, file.modifiedMs / 1000, file.modifiedMs / 1000);
  }
  await rename(draft, restoredIn(folder));
}

/**
 * By copying: the home is a mount of its own where this process may mount, and a title that was just being started for nobody
 * is ended and its home laid out once more.
 */
async function copyInto(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true, recursive: true }).catch(() => []);
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const target = join(to, path.slice(from.length));
    const { atime, mtime } = await stat(path);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(path, target);
    await utimes(target, atime, mtime);
  }
}
