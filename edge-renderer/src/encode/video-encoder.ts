import type { Rendition } from '@kilat/shared/media/rendition';
import { z } from 'zod';
import type { RowRun } from '../capture/row-runs.ts';

/**
 * Every implementation of the encoder port, the most wanted of each codec first: GPUs, then the processor, then an ffmpeg
 * program for hosts where FFmpeg's library cannot be loaded. H.264, unless the name ends in `-av1`.
 */
export const EncoderKind = z.enum([
  ...['nvenc', 'vaapi', 'qsv', 'amf', 'x264', 'ffmpeg-nvenc', 'ffmpeg-x264'],
  ...['nvenc-av1', 'vaapi-av1', 'qsv-av1', 'amf-av1', 'svt-av1'],
] as const);
export type EncoderKind = z.infer<typeof EncoderKind>;

/** One H.264 access unit (Annex B) or AV1 temporal unit (low-overhead format). `data` is valid until the next `encode`. */
export interface EncodedFrame {
  data: Buffer;
  keyFrame: boolean;
  convertedMs: number;
  encodedMs: number;
}

/**
 * Encodes what is in its screen's pixels: H.264 constrained baseline with parameter sets in the stream, or AV1 main profile
 * with a sequence header in each key frame; 8-bit 4:2:0, limited range, BT.601; one frame in, one frame out; the first frame
 * is an IDR (AV1: a key frame) and no other is, unless asked for or unless the picture's size or rate changed.
 */
export interface VideoEncoder {
  readonly kind: EncoderKind;
  /** Takes another bitrate with each frame; if not, it has to be opened anew for one. */
  readonly changesBitrate: boolean;
  /**
   * `ticks` (90 kHz, growing) orders the frames; `changed`: the rows of the screen that are not as in the last call, all
   * unless told. One call at a time; rejects with `EncoderError`.
   */
  encode(ticks: number, changed?: readonly RowRun[]): Promise<EncodedFrame>;
  /** The next frame will be an IDR with its parameter sets. */
  requestKeyFrame(): void;
  /** Takes effect with the next frame; where it cannot be changed, large steps only. */
  setBitrate(kbps: number): void;
  /** Size and rate of the stream from the next frame on, which will be an IDR; the screen keeps its size. */
  setPicture(picture: Pick<Rendition, 'width' | 'height' | 'framesPerSecond'>): void;
  /** Frees everything, after the frame under way. Idempotent. */
  close(): void;
}

/** `unavailable`: library, driver, device or program is not there. `refused`: it cannot do what was asked. `failed`: it broke. */
export type EncoderErrorReason = 'unavailable' | 'refused' | 'failed';

export class EncoderError extends Error {
  readonly reason: EncoderErrorReason;

  constructor(reason: EncoderErrorReason, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}
