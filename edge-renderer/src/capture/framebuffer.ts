import { closeSync, openSync, readSync } from 'node:fs';

/** Reads Xvfb's framebuffer file (`-fbdir`, XWD format): one copy from the mapped screen into the caller's memory. */
export class Framebuffer {
  readonly #file: number;
  readonly #offset: number;
  readonly #bytes: number;

  /** `width` and `height` in pixels of 4 bytes (B, G, R, unused). Throws when the file is missing or no XWD file. */
  constructor(path: string, width: number, height: number) {
    this.#file = openSync(path, 'r');
    const header = Buffer.alloc(100);
    readSync(this.#file, header, 0, 100, 0);
    const headerBytes = header.readUInt32BE(0);
    const colourMapEntries = header.readUInt32BE(76);
    this.#offset = headerBytes + 12 * colourMapEntries;
    this.#bytes = width * height * 4;
  }

  /** Copies the whole screen; `into` holds width × height × 4 bytes. */
  readInto(into: Buffer): void {
    readSync(this.#file, into, 0, this.#bytes, this.#offset);
  }

  close(): void {
    closeSync(this.#file);
  }
}
