import { openEncoder, openScreen } from '../open-encoder.ts';
import type { EncoderKind } from '../video-encoder.ts';

const OF_GPUS: EncoderKind[] = ['nvenc-av1', 'amf-av1', 'qsv-av1', 'vaapi-av1'];

/** An encoder of AV1 that does not open on this machine: none has the GPUs of all makers. */
export async function unavailableAv1(): Promise<EncoderKind> {
  const size = { width: 1280, height: 720 };
  const screen = await openScreen(size.width, size.height);
  for (const kind of OF_GPUS) {
    try {
      (await openEncoder(kind, screen, { ...size, framesPerSecond: 60, bitrateKbps: 4_000 })).close();
    } catch {
      return kind;
    }
  }
  throw new Error('every AV1 encoder of a GPU opens on this machine');
}
