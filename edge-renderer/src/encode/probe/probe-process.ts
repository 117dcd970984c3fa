import { distribution } from '@kilat/shared/latency/quantiles';
import { openEncoder, openScreen, libraryProblem } from '../open-encoder.ts';
import { codecOf, type VideoCodec } from '../video-codec.ts';
import type { EncoderKind, VideoEncoder } from '../video-encoder.ts';
import type { EncoderMeasure } from './encoder-choice.ts';
import type { FromProbe, ToProbe } from './encoder-probe.ts';
import { MovingScene } from './moving-scene.ts';
import { lumaOf, psnrDb } from './picture-quality.ts';

// A process of its own, because a GPU's driver may crash or hang the process that asks it.

/** Frames before the figures count: codec and code are cold. */
const WARM_UP_FRAMES = 5;
const FRAMES = 30;
/** Frames whose quality is looked at; the last ones, when the rate control has settled. */
const JUDGED_FRAMES = 3;

const rendition = { width: 1280, height: 720, framesPerSecond: 60, bitrateKbps: 8_000 };

async function measure(kind: EncoderKind): Promise<EncoderMeasure> {
  const screen = await openScreen(rendition.width, rendition.height);
  let encoder: VideoEncoder | undefined;
  try {
    encoder = await openEncoder(kind, screen, rendition);
    return { kind, works: true, ...(await encodeScene(encoder, screen.pixels)) };
  } catch (error) {
    return { kind, works: false, why: (error as Error).message.slice(0, 300) };
  } finally {
    encoder?.close();
  }
}

async function encodeScene(encoder: VideoEncoder, pixels: Buffer) {
  const scene = new MovingScene(rendition.width, rendition.height);
  const decoder = await openDecoder(codecOf(encoder.kind));
  const times: number[] = [];
  const quality: number[] = [];
  let bytes = 0;
  try {
    for (let frame = 0; frame < WARM_UP_FRAMES + FRAMES; frame++) {
      scene.draw(frame, pixels);
      const startedMs = performance.now();
      const { data } = await encoder.encode(frame * 1_500);
      const tookMs = performance.now() - startedMs;
      const picture = decoder?.decode(data, frame * 1_500);
      if (frame < WARM_UP_FRAMES) continue;
      times.push(tookMs);
      bytes += data.length;
      if (picture === undefined || frame < WARM_UP_FRAMES + FRAMES - JUDGED_FRAMES) continue;
      quality.push(psnrDb(lumaOf(pixels), picture.luma, rendition.width, rendition.height, picture.lumaStride));
    }
  } finally {
    decoder?.close();
  }
  const took = distribution(times);
  return {
    medianMs: took?.p50 ?? 0,
    p95Ms: took?.p95 ?? 0,
    // Without the library nothing here can decode: what the program made is taken on trust.
    psnrDb: quality.length === 0 ? UNJUDGED_PSNR_DB : Math.min(...quality),
    kbps: (bytes * 8 * rendition.framesPerSecond) / FRAMES / 1000,
  };
}
const UNJUDGED_PSNR_DB = 30;

async function openDecoder(codec: VideoCodec) {
  if ((await libraryProblem()) !== undefined) return undefined;
  const { PictureDecoder } = await import('../libav/picture-decoder.ts');
  return new PictureDecoder(codec);
}

/** libav's complaints about missing devices are what this process is there to find out. */
async function silenceLibrary(): Promise<void> {
  if ((await libraryProblem()) !== undefined) return;
  const [{ Log }, { AV_LOG_FATAL }] = await Promise.all([import('node-av/lib'), import('node-av/constants')]);
  Log.setLevel(AV_LOG_FATAL);
}

process.on('message', async ({ kind }: ToProbe) => {
  await silenceLibrary();
  process.send?.({ measure: await measure(kind) } satisfies FromProbe);
});
process.on('disconnect', () => process.exit(0));
