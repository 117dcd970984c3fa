import type { BlobHash } from '@kilat/shared/save/save';
import type { Logger } from 'pino';
import type { BlobStore } from './blob-store.ts';
import type { SaveStore } from './save-store.ts';
import type { Turns } from './turns.ts';

/** An upload that no version names after this time, ms, never will be. */
const UPLOAD_LIFE_MS = 60 * 60_000;
const SWEEP_EVERY_MS = 6 * 60 * 60_000;
const BATCH = 200;

/** Removes blobs that nothing needs any more: those of dropped versions at once, strays by a sweep. */
export class SaveGarbage {
  readonly #store: SaveStore;
  readonly #blobs: BlobStore;
  readonly #turns: Turns;
  readonly #log: Logger;
  readonly #sweeping: NodeJS.Timeout;

  constructor(store: SaveStore, blobs: BlobStore, turns: Turns, log: Logger) {
    this.#store = store;
    this.#blobs = blobs;
    this.#turns = turns;
    this.#log = log;
    const sweep = () =>
      void this.sweep().catch((error: Error) => this.#log.warn({ error: error.message }, 'saves could not be swept'));
    this.#sweeping = setInterval(sweep, SWEEP_EVERY_MS).unref();
  }

  /** Removes those of the blobs that nothing needs; a blob that is being uploaded just now is looked at afterwards. */
  async collect(hashes: readonly BlobHash[]): Promise<void> {
    for (const sha256 of await this.#store.unneeded(hashes)) {
      await this.#turns.take(sha256, async () => {
        if ((await this.#store.unneeded([sha256])).length > 0) await this.#blobs.remove(sha256);
      });
    }
  }

  /** Gives up old uploads, and looks through the whole store for blobs that nothing names. */
  async sweep(nowMs = Date.now()): Promise<void> {
    const beforeMs = nowMs - UPLOAD_LIFE_MS;
    await this.collect(await this.#store.dropUploads(beforeMs));
    let batch: BlobHash[] = [];
    for await (const { sha256, storedAtMs } of this.#blobs.list()) {
      if (storedAtMs < beforeMs) batch.push(sha256);
      if (batch.length < BATCH) continue;
      await this.collect(batch);
      batch = [];
    }
    await this.collect(batch);
  }

  close(): void {
    clearInterval(this.#sweeping);
  }
}
