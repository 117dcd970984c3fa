import { execFile } from 'node:child_process';
import { mkdtemp, open, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freeBytes } from '../store/disk-room.ts';

const run = promisify(execFile);

/** A real file system in memory that can be filled up; mounting takes root. */
export class SmallDisk {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Undefined where this process may not mount. */
  static async mount(megabytes: number): Promise<SmallDisk | undefined> {
    const folder = await mkdtemp(join(tmpdir(), 'kilat-disk-'));
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
      return new SmallDisk(folder);
    } catch {
      await rmdir(folder);
      return undefined;
    }
  }

  /** Fills the disk until only `leftBytes` are free. */
  async fill(leftBytes: number): Promise<void> {
    const file = await open(join(this.folder, 'ballast'), 'w');
    const ballast = Buffer.alloc(256 * 1024);
    try {
      while ((await freeBytes(this.folder)) > leftBytes) await file.write(ballast);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      await file.close();
    }
  }

  async makeRoom(): Promise<void> {
    await rm(join(this.folder, 'ballast'));
  }

  async remove(): Promise<void> {
    await run('umount', [this.folder]);
    await rmdir(this.folder);
  }
}
