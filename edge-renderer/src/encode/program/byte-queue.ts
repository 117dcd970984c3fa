import type { Readable } from 'node:stream';

/** Bytes of a stream, taken by number or by line; one waits at a time. Rejects once the stream has ended before them. */
export class ByteQueue {
  #held: Buffer = Buffer.alloc(0);
  #ended: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(stream: Readable) {
    stream.on('data', (chunk: Buffer) => {
      this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
      this.#wake?.();
    });
    stream.on('error', (error) => this.fail(error));
    stream.on('close', () => this.fail(new Error('the stream ended')));
  }

  /** Nothing more will come. */
  fail(error: Error): void {
    this.#ended ??= error;
    this.#wake?.();
  }

  async take(bytes: number): Promise<Buffer> {
    await this.#until(() => this.#held.length >= bytes);
    return this.#cut(bytes);
  }

  /** Up to the next line feed, without it. */
  async line(): Promise<string> {
    await this.#until(() => this.#held.includes(10));
    return this.#cut(this.#held.indexOf(10) + 1)
      .toString()
      .trimEnd();
  }

  #cut(bytes: number): Buffer {
    const taken = this.#held.subarray(0, bytes);
    this.#held = this.#held.subarray(bytes);
    return taken;
  }

  async #until(isThere: () => boolean): Promise<void> {
    while (!isThere()) {
      if (this.#ended !== undefined) throw this.#ended;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
