import type { Rendition } from '@kilat/shared/media/rendition';
import { plainScreen, type Screen } from './screen.ts';
import { type EncoderKind, EncoderError, type VideoEncoder } from './video-encoder.ts';
import { FfmpegProgram } from './program/ffmpeg-program.ts';
import { findFfmpeg } from './program/find-ffmpeg.ts';

/** Opens an implementation of the port on a screen; rejects with `EncoderError`. */
export type OpenEncoder = (kind: EncoderKind, screen: Screen, rendition: Rendition) => Promise<VideoEncoder>;

// FFmpeg's library is a native module of another package: a host may not be able to load it, and goes on without.
let loaded: ReturnType<typeof load> | undefined;
const library = () => {
  loaded ??= load();
  return loaded;
};

async function load() {
  // SVT-AV1 tells its settings on standard error each time it is opened; this is the only way to stop it.
  process.env.SVT_LOG ??= '0';
  try {
    const [{ Log }, { AV_LOG_ERROR }] = await Promise.all([import('node-av/lib'), import('node-av/constants')]);
    Log.setLevel(AV_LOG_ERROR);
    return await Promise.all([import('./libav/libav-encoder.ts'), import('./libav/libav-screen.ts')]);
  } catch (error) {
    const said = String(error instanceof Error ? error.message : error).split('\n')[0];
    throw new EncoderError('unavailable', `FFmpeg's library cannot be loaded: ${said}`, error);
  }
}

/** Why FFmpeg's library does not load on this host; undefined where it does. */
export function libraryProblem(): Promise<string | undefined> {
  return library().then(
    () => undefined,
    (error: Error) => error.message,
  );
}

/** A screen in the library's memory where there is one. */
export async function openScreen(width: number, height: number): Promise<Screen> {
  try {
    const [, { LibavScreen }] = await library();
    return new LibavScreen(width, height);
  } catch {
    return plainScreen(width, height);
  }
}

export const openEncoder: OpenEncoder = async (kind, screen, rendition) => {
  if (kind === 'ffmpeg-nvenc' || kind === 'ffmpeg-x264') {
    const program = findFfmpeg(process.env.PATH ?? '');
    if (program === undefined) throw new EncoderError('unavailable', 'no ffmpeg program is on this host');
    return new FfmpegProgram(kind, program, screen, rendition);
  }
  const [{ LibavEncoder }, { LibavScreen }] = await library();
  if (!(screen instanceof LibavScreen)) throw new EncoderError('refused', `${kind} reads libav's own memory only`);
  return new LibavEncoder(kind, screen, rendition);
};
