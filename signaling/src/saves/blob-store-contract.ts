import { BlobHash } from '@kilat/shared/save/save';
import { describe, expect, it } from 'vitest';
import { type BlobStore, hashOf, type StoredBlob } from './blob-store.ts';

/** What every blob store must do; `open` gives a store that was empty before the first test. */
export function blobStoreContract(name: string, open: () => BlobStore): void {
  const hello = Buffer.from('hello\0saves');
  const absent = BlobHash.parse('0'.repeat(64));
  const listed = () => listOf(open());

  describe(`${name} as a blob store`, () => {
    it('gives back the bytes it was given, also empty and large ones', async () => {
      for (const bytes of [hello, Buffer.alloc(0), Buffer.alloc(5 * 2 ** 20, 'x')]) {
        const sha256 = hashOf(bytes);
        expect(await open().has(sha256)).toBe(false);
        await open().put(sha256, bytes);
        expect(await open().has(sha256)).toBe(true);
        expect(hashOf((await open().get(sha256)) ?? Buffer.from('nothing'))).toBe(sha256);
      }
    });

    it('knows nothing of what it was not given', async () => {
      expect(await open().get(absent)).toBeUndefined();
      expect(await open().has(absent)).toBe(false);
      await open().remove(absent);
    });

    it('lists what is there, with the time', async () => {
      const { storedAtMs } = (await listed()).find(({ sha256 }) => sha256 === hashOf(hello)) ?? { storedAtMs: 0 };
      expect(Math.abs(Date.now() - storedAtMs)).toBeLessThan(60_000);
      expect(await listed()).toHaveLength(3);
    });

    it('takes the same bytes twice, also at once', async () => {
      await Promise.all([1, 2, 3].map(() => open().put(hashOf(hello), hello)));
      expect(await open().get(hashOf(hello))).toEqual(hello);
      expect(await listed()).toHaveLength(3);
    });

    it('removes', async () => {
      await open().remove(hashOf(hello));
      expect(await open().has(hashOf(hello))).toBe(false);
      expect(await open().get(hashOf(hello))).toBeUndefined();
      expect(await listed()).toHaveLength(2);
    });
  });
}

/** Everything a store lists. */
export async function listOf(store: BlobStore): Promise<StoredBlob[]> {
  const list: StoredBlob[] = [];
  for await (const blob of store.list()) list.push(blob);
  return list;
}
