import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SmallDisk } from '../testing/small-disk.ts';
import { type BlobStore, hashOf } from './blob-store.ts';
import { blobStoreContract, listOf } from './blob-store-contract.ts';
import { DiskBlobs } from './disk-blobs.ts';

let folder: string;
let store: BlobStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kilat-blobs-'));
  store = await DiskBlobs.open(folder);
});
afterAll(() => rm(folder, { recursive: true }));

blobStoreContract('a folder', () => store);

it('forgets a blob that was cut short while it was written', async () => {
  const bytes = Buffer.from('cut short');
  await writeFile(join(folder, 'drafts', `${hashOf(bytes)}.abc`), bytes.subarray(0, 3));
  const again = await DiskBlobs.open(folder);
  expect(await again.has(hashOf(bytes))).toBe(false);
  expect((await listOf(again)).map(({ sha256 }) => sha256)).not.toContain(hashOf(bytes));
});

const disk = await SmallDisk.mount(8);

it.skipIf(disk === undefined)(
  'refuses when the disk is full, leaves nothing half-written, and goes on when there is room (needs root to mount one)',
  async () => {
    if (disk === undefined) return;
    try {
      const bytes = Buffer.alloc(3 * 2 ** 20, 'y');
      const withReserve = await DiskBlobs.open(disk.folder, 6 * 2 ** 20);
      await expect(withReserve.put(hashOf(bytes), bytes)).rejects.toMatchObject({ reason: 'full' });
      const toTheBrim = await DiskBlobs.open(disk.folder, -(2 ** 30));
      await disk.fill(2 ** 20);
      await expect(toTheBrim.put(hashOf(bytes), bytes)).rejects.toMatchObject({ reason: 'full' });
      expect(await listOf(toTheBrim)).toEqual([]);
      await disk.makeRoom();
      await toTheBrim.put(hashOf(bytes), bytes);
      expect(await toTheBrim.get(hashOf(bytes))).toEqual(bytes);
    } finally {
      await disk.remove();
    }
  },
);
