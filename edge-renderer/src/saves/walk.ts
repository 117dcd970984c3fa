import type { BigIntStats } from 'node:fs';
import { type FileHandle, readdir } from 'node:fs/promises';
import { MAX_SAVED_FILES, SavePath } from '@kilat/shared/save/save';
import { inside, openBelow } from './open-below.ts';

/** Folders below a save folder are followed this deep. */
const MAX_DEPTH = 16;

/** One file of the save folders. `stamp` changes whenever the file does. */
export interface FoundFile {
  path: string;
  bytes: number;
  mode: number;
  modifiedMs: number;
  stamp: string;
}

/** What lies in the save folders. `skipped`: symlinks, devices, pipes, hard links and names that cannot be stored. */
export type Found = { is: 'found'; files: FoundFile[]; skipped: number } | { is: 'too-many-files' };

/** Looks through the save folders of a home; `folders` may name single files, and need not exist. */
export async function walkSaves(home: string, folders: readonly string[]): Promise<Found> {
  const walk = new Walk();
  for (const folder of folders) await walk.visit(home, folder);
  if (walk.tooMany) return { is: 'too-many-files' };
  const byPath = new Map(walk.files.map((file) => [file.path, file]));
  return { is: 'found', files: [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1)), skipped: walk.skipped };
}

/** What a file is known by: another file in its place, or a write, makes another stamp. */
export const stampOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join(' ');

class Walk {
  readonly files: FoundFile[] = [];
  skipped = 0;
  tooMany = false;

  async visit(home: string, path: string): Promise<void> {
    const entry = await openBelow(home, path).catch((error: NodeJS.ErrnoException) => {
      // Gone, or never written; a symlink in its way is none of ours.
      if (error.code !== 'ENOENT') this.skipped += 1;
    });
    if (entry !== undefined) await this.#take(entry, path, 0);
  }

  async #take(entry: FileHandle, path: string, depth: number): Promise<void> {
    try {
      const stats = await entry.stat({ bigint: true });
      if (stats.isDirectory()) return await this.#enter(entry, path, depth);
      if (!stats.isFile() || stats.nlink !== 1n || !SavePath.safeParse(path).success) {
        this.skipped += 1;
        return;
      }
      if (this.files.length >= MAX_SAVED_FILES) this.tooMany = true;
      else
        this.files.push({
          path,
          bytes: Number(stats.size),
          mode: Number(stats.mode) & 0o777,
          // Of a file that is said to be older than 1970, that will do.
          modifiedMs: Math.max(0, Number(stats.mtimeNs / 1_000_000n)),
          stamp: stampOf(stats),
        });
    } finally {
      await entry.close();
    }
  }

  async #enter(folder: FileHandle, path: string, depth: number): Promise<void> {
    if (depth === MAX_DEPTH) {
      this.tooMany = true;
      return;
    }
    const names = await readdir(inside(folder, ''), { encoding: 'buffer' });
    if (names.length > MAX_SAVED_FILES) {
      this.tooMany = true;
      return;
    }
    for (const raw of names) {
      if (this.tooMany) return;
      const name = raw.toString();
      // A name that is no text cannot be told apart from its neighbours once it is one.
      const entry = Buffer.from(name).equals(raw) ? await openIn(folder, name) : undefined;
      if (entry === undefined) this.skipped += 1;
      else await this.#take(entry, `${path}/${name}`, depth + 1);
    }
  }
}

const openIn = (folder: FileHandle, name: string): Promise<FileHandle | undefined> =>
  openBelow(inside(folder, '.'), name).catch(() => undefined);
