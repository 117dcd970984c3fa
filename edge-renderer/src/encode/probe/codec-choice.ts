import type { RtpCapabilities } from '@kilat/shared/media/parameters';
import type { VideoCodec } from '../video-codec.ts';

/** What an edge's best encoder of a codec did in the probe, all at one bitrate. */
export interface CodecMeasure {
  codec: VideoCodec;
  medianMs: number;
  p95Ms: number;
  psnrDb: number;
}

/** The part of a frame's time that encoding may take. */
const SHARE_OF_FRAME = 0.75;
/** What a better picture may cost in each frame's latency, ms, and how much better it has to be, dB. */
const WORTH_MS = 1;
const BETTER_DB = 1;

/**
 * The codec of a session: H.264 unless another that the page decodes and the edge encodes in time has a picture better by
 * 1 dB at the same bitrate and costs at most 1 ms more; undefined where they have none in common. Latency goes before
 * quality, so a codec that is only better is not taken.
 */
export function chooseCodec(
  page: Pick<RtpCapabilities, 'codecs'>,
  measures: readonly CodecMeasure[],
  framesPerSecond: number,
): VideoCodec | undefined {
  const names = new Set(page.codecs.map(({ mimeType }) => mimeType.toLowerCase()));
  const common = measures.filter(({ codec }) => names.has(codec.toLowerCase()));
  const inTime = common.filter(({ p95Ms }) => p95Ms <= (1000 / framesPerSecond) * SHARE_OF_FRAME);
  const h264 = common.find(({ codec }) => codec === 'video/H264');
  const best = inTime
    .filter(({ codec }) => codec !== 'video/H264')
    .filter(
      ({ medianMs, psnrDb }) =>
        h264 === undefined || (psnrDb >= h264.psnrDb + BETTER_DB && medianMs <= h264.medianMs + WORTH_MS),
    )
    .sort((a, b) => b.psnrDb - a.psnrDb)[0];
  return (best ?? h264 ?? common.sort((a, b) => a.p95Ms - b.p95Ms)[0])?.codec;
}
