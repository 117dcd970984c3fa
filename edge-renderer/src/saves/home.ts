import { chmod, mkdir, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SavedFile } from '@kilat/shared/save/save';
import type { LoadedTitle } from '@kilat/titles/load';

/** A title's private home inside a container's scratch folder. */
export const homeOf = (folder: string): string => join(folder, 'home');

/** Where restored saves wait, whole, until the home is laid out. */
const restoredIn = (folder: string): string => join(folder, 'restored');

/** Makes a fresh home: the manifest's files, and over them the player's own, where saves were restored. */
export async function layOutHome(title: LoadedTitle, folder: string): Promise<string> {
  const home = homeOf(folder);
  await rm(home, { recursive: true, force: true });
  await mkdir(home);
  for (const [path, text] of Object.entries(title.home)) {
    await mkdir(dirname(join(home, path)), { recursive: true });
    await writeFile(join(home, path), text);
  }
  await moveInto(restoredIn(folder), home);
  return home;
}

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

async function moveInto(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true, recursive: true }).catch(() => []);
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const target = join(to, path.slice(from.length));
    await mkdir(dirname(target), { recursive: true });
    await rename(path, target);
  }
}
