import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, lchown, lstat, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isPrivileged } from './privileges.ts';

const run = promisify(execFile);
/** XDG_RUNTIME_DIR holds sockets and small files. */
const RUNTIME_MB = 16;
const UMOUNT_TRIES = 3;
const READABLE_BY_ALL = 0o004;

/** The title's home and runtime folder on the host. */
export interface PrivateHome {
  home: string;
  runtime: string;
}

export const privateHome = (folder: string): PrivateHome => ({
  home: join(folder, 'home'),
  runtime: join(folder, 'run'),
});

/**
 * Makes both in the container's folder, empty, in memory and of limited size where this process may mount. Elsewhere the
 * size is not bounded by the kernel.
 */
export async function makePrivateHome(folder: string, diskMb: number): Promise<PrivateHome> {
  const { home, runtime } = await removePrivateHome(folder);
  await Promise.all([mkdir(home, { recursive: true }), mkdir(runtime, { mode: 0o700, recursive: true })]);
  if (isPrivileged()) await Promise.all([limit(home, diskMb), limit(runtime, RUNTIME_MB)]);
  return { home, runtime };
}

const limit = (folder: string, sizeMb: number) =>
  run('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m,mode=700,nosuid,nodev`, 'kilat-title', folder]);

/**
 * Gives the title's user its home, runtime folder, and what it sees of its container's folder and could not open otherwise (its
 * X cookie, sound socket). What everybody may read stays this process's: libraries that are preloaded into the title are loaded
 * by what starts it, too.
 */
export async function giveToTitle(folder: string, sees: string[], uid: number): Promise<void> {
  const { home, runtime } = privateHome(folder);
  const seen = sees.filter((path) => path.startsWith(`${folder}/`));
  const modes = await Promise.all(seen.map((path) => lstat(path)));
  const owned = [home, runtime, ...seen.filter((_, place) => ((modes[place]?.mode ?? 0) & READABLE_BY_ALL) === 0)];
  await Promise.all(owned.map((path) => lchown(path, uid, uid)));
  await giveHomeToOwner(folder);
}

/** Gives what was put into the home to whom the home itself was given. */
export async function giveHomeToOwner(folder: string): Promise<void> {
  const { home } = privateHome(folder);
  const { uid, gid } = await stat(home);
  const inHome = await readdir(home, { recursive: true });
  await Promise.all(inHome.map((name) => lchown(join(home, name), uid, gid)));
}

/** Removes both with what an earlier title of the container left in them. */
export async function removePrivateHome(folder: string): Promise<PrivateHome> {
  await unmountBelow(folder);
  const { home, runtime } = privateHome(folder);
  await Promise.all([home, runtime].map(removeWhole));
  return { home, runtime };
}

/** Removes a container's folder and whatever is mounted in it. Nothing of the title may live any more. */
export async function removeFolder(folder: string): Promise<void> {
  await unmountBelow(folder);
  await removeWhole(folder);
}

/** Without root, a folder that a title closed to its own user cannot be emptied before it is opened again. */
async function removeWhole(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch {
    await openFolders(path);
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Symlinks are not followed. Another part of the removal may still be under way: what is gone is fine. */
async function openFolders(folder: string): Promise<void> {
  const entries = await chmod(folder, 0o700)
    .then(() => readdir(folder, { withFileTypes: true }))
    .catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
  for (const entry of entries) if (entry.isDirectory()) await openFolders(join(folder, entry.name));
}

/** Lazily: a reader of the home must not keep the folder from going. */
async function unmountBelow(folder: string): Promise<void> {
  for (let tried = 0; tried < UMOUNT_TRIES; tried++) {
    const mounted = mountsBelow(folder);
    if (mounted.length === 0) return;
    await run('umount', ['-l', ...mounted.reverse()]).catch(() => {});
  }
}

/** Mount points below a folder in the order they were mounted (proc_pid_mountinfo(5), field 5, octal escapes). */
function mountsBelow(folder: string): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .map((point) =>
      point.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
    )
    .filter((point) => point.startsWith(`${folder}/`));
}
