import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';

/** The system's ffmpeg (on `path`, PATH syntax), else the portable one from npm; undefined when neither is here. */
export function findFfmpeg(path: string): string | undefined {
  return onPath(path) ?? portable();
}

function onPath(path: string): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, 'ffmpeg'))
    .find(isProgram);
}

/** A static build of 2018: x264 and VAAPI, no NVENC. */
function portable(): string | undefined {
  try {
    const { path } = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg') as { path: string };
    return isProgram(path) ? path : undefined;
  } catch {
    // No build for this platform.
    return undefined;
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
