import { createHash } from 'node:crypto';
import { BlobHash } from '@kilat/shared/save/save';

/** A blob as a store lists it. */
export interface StoredBlob {
  sha256: BlobHash;
  storedAtMs: number;
}

/**
 * Where the bytes of saves lie, each under the SHA-256 of its content. Rejects with `BlobStoreError`; a blob is there
 * whole or not at all.
 */
export interface BlobStore {
  /** Stores bytes under their hash; what was there under it is replaced. */
  put(sha256: BlobHash, bytes: Buffer): Promise<void>;
  /** The bytes as they lie there, which may no longer match the hash; undefined where there are none. */
  get(sha256: BlobHash): Promise<Buffer | undefined>;
  has(sha256: BlobHash): Promise<boolean>;
  /** No matter whether it was there. */
  remove(sha256: BlobHash): Promise<void>;
  list(): AsyncIterable<StoredBlob>;
}

/** `full`: no room for now. `trouble`: the store does not answer or answers with an error. */
export class BlobStoreError extends Error {
  readonly reason: 'full' | 'trouble';

  constructor(reason: 'full' | 'trouble', message: string) {
    super(message);
    this.name = 'BlobStoreError';
    this.reason = reason;
  }
}

/** The name of these bytes. */
export const hashOf = (bytes: Uint8Array): BlobHash => BlobHash.parse(createHash('sha256').update(bytes).digest('hex'));
