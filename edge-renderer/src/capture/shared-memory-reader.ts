import { closeSync, ftruncateSync, openSync, readSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { Shm } from 'x11';
import type { RowRun } from './row-runs.ts';
import type { ScreenReader } from './screen-reader.ts';
import type { XConnection } from './x-connection.ts';

/** Files here are memory that two processes can share. */
const MEMORY_FOLDER = '/dev/shm';
const Z_PIXMAP = 2;
const ALL_PLANES = 0xffffffff;

/**
 * Reads any X server on this machine by MIT-SHM 1.2: the server copies its screen into a file in memory that both have open.
 * This is the way to the picture of an Xorg that draws on a GPU, whose screen is in no file.
 */
export class SharedMemoryReader implements ScreenReader {
  readonly kind = 'shared-memory';
  readonly #x: XConnection;
  readonly #shm: Shm;
  readonly #segment: number;
  readonly #file: number;
  readonly #rowBytes: number;
  #closed = false;

  private constructor(x: XConnection, shm: Shm, segment: number, file: number) {
    this.#x = x;
    this.#shm = shm;
    this.#segment = segment;
    this.#file = file;
    this.#rowBytes = x.width * 4;
  }

  /** Undefined where the server cannot share memory with this process (too old, another machine, another namespace). */
  static async open(x: XConnection): Promise<SharedMemoryReader | undefined> {
    const shm = await x.extension('shm').catch(() => undefined);
    if (shm === undefined || !shm.fdCapable || shm.major < 1 || (shm.major === 1 && shm.minor < 2)) return undefined;
    let file: number;
    try {
      file = anonymousFile(x.width * x.height * 4);
    } catch {
      return undefined;
    }
    const segment = x.client.AllocID();
    const attached = await new Promise<boolean>((resolve) => {
      shm.AttachFd(segment, file, false, (error) => {
        resolve(!error);
        return true;
      });
    });
    if (attached) return new SharedMemoryReader(x, shm, segment, file);
    closeSync(file);
    return undefined;
  }

  async read(into: Buffer, rows: readonly RowRun[]): Promise<void> {
    await Promise.all(rows.map((run) => this.#copyRun(run)));
    if (this.#closed) return;
    for (const { top, bottom } of rows)
      readSync(this.#file, into, top * this.#rowBytes, (bottom - top) * this.#rowBytes, top * this.#rowBytes);
  }

  /** The server copies rows to their places in the shared memory. */
  async #copyRun({ top, bottom }: RowRun): Promise<void> {
    const [rows, offset] = [bottom - top, top * this.#rowBytes];
    const size = await new Promise<number>((resolve, reject) => {
      const { root, width } = this.#x;
      this.#shm.GetImage(
        ...([root, 0, top, width, rows, ALL_PLANES, Z_PIXMAP, this.#segment, offset] as const),
        (error, reply) => (error ? reject(error) : resolve(reply.size)),
      );
    });
    if (size !== rows * this.#rowBytes) throw new Error("the display's pixels are not of 4 bytes");
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#shm.Detach(this.#segment);
    closeSync(this.#file);
  }
}

/** Memory that goes with the last process that has it open. */
function anonymousFile(bytes: number): number {
  const path = join(MEMORY_FOLDER, `kilat-screen-${randomUUID()}`);
  const file = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  ftruncateSync(file, bytes);
  return file;
}
