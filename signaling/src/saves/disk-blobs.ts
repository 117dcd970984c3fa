import { randomBytes } from 'node:crypto';
import { access, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BlobHash } from '@kilat/shared/save/save';
import { DISK_RESERVE_BYTES, freeBytes } from '../store/disk-room.ts';
import { type BlobStore, BlobStoreError, type StoredBlob } from './blob-store.ts';

/** Blobs as files, `<first two digits>/<hash>`; what is being written lies in `drafts/` until it is whole. */
export class DiskBlobs implements BlobStore {
  readonly #folder: string;
  readonly #drafts: string;
  readonly #reserveBytes: number;

  private constructor(folder: string, reserveBytes: number) {
    this.#folder = folder;
    this.#drafts = join(folder, 'drafts');
    this.#reserveBytes = reserveBytes;
  }

  /** Makes the folder where needed and removes what an earlier run had not finished writing. */
  static async open(folder: string, reserveBytes = DISK_RESERVE_BYTES): Promise<DiskBlobs> {
    const blobs = new DiskBlobs(folder, reserveBytes);
    await rm(blobs.#drafts, { recursive: true, force: true });
    await mkdir(blobs.#drafts, { recursive: true, mode: 0o700 });
    return blobs;
  }

  async put(sha256: BlobHash, bytes: Buffer): Promise<void> {
    const draft = join(this.#drafts, `${sha256}.${randomBytes(6).toString('hex')}`);
    const path = this.#path(sha256);
    try {
      // The records lie on the same disk and must stay writable.
      if ((await freeBytes(this.#folder)) < this.#reserveBytes + bytes.length)
        throw new BlobStoreError('full', 'The disk of the data folder has no room for saves; free some space.');
      const file = await open(draft, 'wx', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
      await rename(draft, path);
      await syncFolder(join(path, '..'));
    } catch (error) {
      await rm(draft, { force: true }).catch(() => undefined);
      throw asStoreError(error);
    }
  }

  async get(sha256: BlobHash): Promise<Buffer | undefined> {
    try {
      return await readFile(this.#path(sha256));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw asStoreError(error);
    }
  }

  async has(sha256: BlobHash): Promise<boolean> {
    return await access(this.#path(sha256)).then(
      () => true,
      () => false,
    );
  }

  async remove(sha256: BlobHash): Promise<void> {
    await rm(this.#path(sha256), { force: true }).catch((error: unknown) => {
      throw asStoreError(error);
    });
  }

  async *list(): AsyncIterable<StoredBlob> {
    for (const shelf of await readdir(this.#folder)) {
      if (!/^[0-9a-f]{2}$/.test(shelf)) continue;
      for (const name of await readdir(join(this.#folder, shelf))) {
        const sha256 = BlobHash.safeParse(name).data;
        const found =
          sha256 === undefined ? undefined : await stat(join(this.#folder, shelf, name)).catch(() => undefined);
        if (sha256 !== undefined && found !== undefined) yield { sha256, storedAtMs: found.mtimeMs };
      }
    }
  }

  #path(sha256: BlobHash): string {
    return join(this.#folder, sha256.slice(0, 2), sha256);
  }
}

/** A renamed file is only there after a power cut when its folder was synced too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function asStoreError(error: unknown): BlobStoreError {
  if (error instanceof BlobStoreError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return new BlobStoreError(code === 'ENOSPC' || code === 'EDQUOT' ? 'full' : 'trouble', message);
}
