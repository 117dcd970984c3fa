import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TitleAddition } from '../container/title-addition.ts';

/** The native part that does it. */
export const FRAME_PACE = 'frame-pace.so';
/** Games that count time in frames were made for screens of this rate. */
const LEAST_FPS = 60;

/**
 * Keeps a title's OpenGL to its display's frame rate (native/frame-pace.c); pictures beyond it nobody sees. `native` is the
 * folder of the built native parts; without it, or without this part, a title draws as fast as it can.
 */
export async function framePace(
  folder: string,
  native: string | undefined,
  framesPerSecond: number,
): Promise<TitleAddition> {
  if (native === undefined) return { env: {}, sees: [] };
  const path = join(folder, FRAME_PACE);
  try {
    await copyFile(join(native, FRAME_PACE), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { env: {}, sees: [] };
    throw error;
  }
  return { env: { LD_PRELOAD: path, KILAT_PACE_FPS: String(Math.max(LEAST_FPS, framesPerSecond)) }, sees: [path] };
}
