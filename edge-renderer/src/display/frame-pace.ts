import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TitleAddition } from '../container/title-addition.ts';

/** Games that count time in frames were made for screens of this rate. */
const LEAST_FPS = 60;

/**
 * Keeps a title's OpenGL to its display's frame rate (native/frame-pace.c); pictures beyond it nobody sees. `native` is the
 * folder of the built native parts; without it a title draws as fast as it can.
 */
export async function framePace(
  folder: string,
  native: string | undefined,
  framesPerSecond: number,
): Promise<TitleAddition> {
  if (native === undefined) return { env: {}, sees: [] };
  const path = join(folder, 'frame-pace.so');
  await copyFile(join(native, 'frame-pace.so'), path);
  return { env: { LD_PRELOAD: path, KILAT_PACE_FPS: String(Math.max(LEAST_FPS, framesPerSecond)) }, sees: [path] };
}
