import type { EncoderKind } from './video-encoder.ts';

/** What the media worker can carry, by RTP name (RFC 6184, AV1 RTP specification); H.265 it cannot. */
export const VIDEO_CODECS = ['video/H264', 'video/AV1'] as const;
export type VideoCodec = (typeof VIDEO_CODECS)[number];

export function codecOf(kind: EncoderKind): VideoCodec {
  return kind.endsWith('-av1') ? 'video/AV1' : 'video/H264';
}
