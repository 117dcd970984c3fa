import { FramebufferFile } from './framebuffer-file.ts';
import { ImageReader } from './image-reader.ts';
import type { RowRun } from './row-runs.ts';
import { SharedMemoryReader } from './shared-memory-reader.ts';
import type { XConnection } from './x-connection.ts';

/** How a display's pixels are got at, the fastest first. */
export type ScreenReaderKind = 'framebuffer-file' | 'shared-memory' | 'image';

/** Reads a display's pixels: the port that capture stands on. */
export interface ScreenReader {
  readonly kind: ScreenReaderKind;
  /**
   * Copies rows of the screen to their places in `into` (B, G, R, unused; the whole screen's memory), with everything in
   * them that the server had drawn before the call. Rejects when the display is gone.
   */
  read(into: Buffer, rows: readonly RowRun[]): Promise<void>;
  /** Frees what it holds; the connection stays its owner's. Idempotent. */
  close(): void;
}

/**
 * The fastest reader the display offers: a server that maps its screen to a file (Xvfb) is read there; others (Xorg on a
 * GPU) copy the screen into shared memory; where memory cannot be shared, the screen comes over the socket.
 */
export async function openScreenReader(x: XConnection, framebufferPath: string | undefined): Promise<ScreenReader> {
  if (framebufferPath !== undefined) return new FramebufferFile(framebufferPath, x.width);
  return (await SharedMemoryReader.open(x)) ?? new ImageReader(x, x.width);
}
