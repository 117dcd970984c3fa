import { closeSync, openSync, readSync } from 'node:fs';
import type { RowRun } from './row-runs.ts';
import type { ScreenReader } from './screen-reader.ts';

/** Reads Xvfb's framebuffer file (`-fbdir`, XWD format): one copy from the mapped screen into the caller's memory. */
export class FramebufferFile implements ScreenReader {
  readonly kind = 'framebuffer-file';
  readonly #file: number;
  readonly #offset: number;
  readonly #rowBytes: number;
  #closed = false;

  /** `width` in pixels of 4 bytes (B, G, R, unused). Throws when the file is missing or no XWD file. */
  constructor(path: string, width: number) {
    this.#file = openSync(path, 'r');
    const header = Buffer.alloc(100);
    readSync(this.#file, header, 0, 100, 0);
    const headerBytes = header.readUInt32BE(0);
    const colourMapEntries = header.readUInt32BE(76);
    this.#offset = headerBytes + 12 * colourMapEntries;
    this.#rowBytes = width * 4;
  }

  async read(into: Buffer, rows: readonly RowRun[]): Promise<void> {
    if (this.#closed) return;
    for (const { top, bottom } of rows) {
      const at = top * this.#rowBytes;
      readSync(this.#file, into, at, (bottom - top) * this.#rowBytes, this.#offset + at);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#file);
  }
}
