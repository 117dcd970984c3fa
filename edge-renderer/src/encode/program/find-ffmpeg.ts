import { createRequire } from 'node:module';
import { findProgram, isProgram } from '../../process/find-program.ts';

/** The system's ffmpeg (on `path`, PATH syntax), else the portable one from npm; undefined when neither is here. */
export function findFfmpeg(path: string): string | undefined {
  return findProgram('ffmpeg', path) ?? portable();
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
