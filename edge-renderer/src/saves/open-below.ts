import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/**
 * Opens a file or folder below `root` for reading, name by name, each relative to the folder before it (as openat(2)
 * does): a title that swaps a folder for a symlink meanwhile leads nowhere else. Rejects with ELOOP or ENOTDIR at a
 * symlink, and never waits for a pipe.
 */
export async function openBelow(root: string, path: string): Promise<FileHandle> {
  const names = path.split('/').filter((name) => name !== '');
  let folder = await open(root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  for (const [index, name] of names.entries()) {
    const isLast = index === names.length - 1;
    const flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | (isLast ? 0 : O_DIRECTORY);
    const next = open(inside(folder, name), flags).finally(() => folder.close());
    folder = await next;
  }
  return folder;
}

/** The path of a name in an opened folder, whatever has become of the folder's own path. */
export const inside = (folder: FileHandle, name: string): string => `/proc/self/fd/${folder.fd}/${name}`;
