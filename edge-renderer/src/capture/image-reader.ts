import type { RowRun } from './row-runs.ts';
import type { ScreenReader } from './screen-reader.ts';
import type { XConnection } from './x-connection.ts';

const Z_PIXMAP = 2;
const ALL_PLANES = 0xffffffff;

/** Reads any X server over its socket: several milliseconds a 720p frame, for servers that share nothing with this process. */
export class ImageReader implements ScreenReader {
  readonly kind = 'image';
  readonly #x: XConnection;
  readonly #width: number;

  constructor(x: XConnection, width: number) {
    this.#x = x;
    this.#width = width;
  }

  async read(into: Buffer, rows: readonly RowRun[]): Promise<void> {
    await Promise.all(rows.map((run) => this.#readRun(into, run)));
  }

  async #readRun(into: Buffer, { top, bottom }: RowRun): Promise<void> {
    const bytes = (bottom - top) * this.#width * 4;
    const data = await new Promise<Buffer>((resolve, reject) => {
      this.#x.client.GetImage(Z_PIXMAP, this.#x.root, 0, top, this.#width, bottom - top, ALL_PLANES, (error, image) =>
        error ? reject(error) : resolve(image.data),
      );
    });
    if (data.length < bytes) throw new Error("the display's pixels are not of 4 bytes");
    data.copy(into, top * this.#width * 4, 0, bytes);
  }

  close(): void {}
}
