import { execFile } from 'node:child_process';
import { chmod, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';

const WIDTH = 800;
const HEIGHT = 450;
const MAX_BYTES = 110_000;
/** ffmpeg's JPEG quantiser, best first. */
const QUALITIES = [3, 5, 7, 9, 12, 16];

/** Part of a display, in pixels. */
export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Takes one picture of a part of a display, cut to 16:9 about its middle, as a JPEG of at most 110 kB. */
export async function takePicture(display: string, part: Rectangle, file: string): Promise<void> {
  const ffmpeg = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg').path as string;
  // The package sets this bit in its install script, which does not run everywhere.
  await chmod(ffmpeg, 0o755);
  const quiet = ['-hide_banner', '-loglevel', 'error', '-y'];
  const size = `${part.width}x${part.height}`;
  const whole = `${file}.png`;
  const run = promisify(execFile);
  await run(ffmpeg, [
    ...quiet,
    '-f',
    'x11grab',
    '-draw_mouse',
    '0',
    '-video_size',
    size,
    '-i',
    `${display}+${part.x},${part.y}`,
    '-frames:v',
    '1',
    '-f',
    'image2',
    '-vf',
    `crop=min(iw\\,ih*16/9):min(ih\\,iw*9/16),scale=${WIDTH}:${HEIGHT}:flags=lanczos`,
    whole,
  ]);
  for (const quality of QUALITIES) {
    await run(ffmpeg, [...quiet, '-i', whole, '-q:v', String(quality), file]);
    if ((await stat(file)).size <= MAX_BYTES) break;
  }
  await rm(whole);
}
