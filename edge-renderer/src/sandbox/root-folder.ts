import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Mount } from './system-view.ts';

/** Makes the folder that becomes `/`: empty but for the links of a merged /usr; everything else is mounted over it. */
export async function makeRootFolder(folder: string, mounts: Mount[]): Promise<string> {
  const root = join(folder, 'root');
  await mkdir(root, { recursive: true });
  for (const mount of mounts) {
    if (mount.kind !== 'link') continue;
    await mkdir(dirname(join(root, mount.at)), { recursive: true });
    await symlink(mount.to, join(root, mount.at)).catch((error: NodeJS.ErrnoException) => {
      // An earlier title of the same container had the same root.
      if (error.code !== 'EEXIST') throw error;
    });
  }
  return root;
}
