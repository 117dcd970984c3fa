import { statfs } from 'node:fs/promises';

/** Bytes that must stay free on the data folder's disk: PostgreSQL may need a new 16 MiB log segment at any write. */
export const DISK_RESERVE_BYTES = 32 * 1024 * 1024;

/** Bytes an ordinary user may still write on the disk of `folder`. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
