import {
  AV_CODEC_ID_AV1,
  AV_CODEC_ID_H264,
  AV_PIX_FMT_BGR0,
  type AVPixelFormat,
  SWS_BICUBIC,
  SWS_FULL_CHR_H_INT,
  type SwsFlags,
} from 'node-av/constants';
import { Codec, CodecContext, Frame, Packet, SoftwareScaleContext } from 'node-av/lib';
import type { VideoCodec } from '../video-codec.ts';
import { EncoderError } from '../video-encoder.ts';
import { LibavScreen } from './libav-screen.ts';

/** A decoded picture: brightness as the stream has it, and when it was encoded. Valid until the next `decode`. */
export interface DecodedPicture {
  width: number;
  height: number;
  ticks: number;
  frame: Frame;
  luma: Buffer;
  lumaStride: number;
}

/** H.264 or AV1 through libavcodec, one encoded frame in, one picture out: what a player would see of an encoder's work. */
export class PictureDecoder {
  readonly #context = new CodecContext();
  readonly #frame = new Frame();
  readonly #packet = new Packet();

  constructor(of: VideoCodec = 'video/H264') {
    const codec = Codec.findDecoder(of === 'video/AV1' ? AV_CODEC_ID_AV1 : AV_CODEC_ID_H264);
    if (codec === null) throw new EncoderError('unavailable', `FFmpeg was built without a decoder of ${of}`);
    this.#context.allocContext3(codec);
    this.#context.threadCount = 1;
    this.#context.setOption('flags', '+low_delay');
    if (this.#context.open2Sync(codec) < 0) throw new EncoderError('unavailable', `the decoder of ${of} did not open`);
    this.#frame.alloc();
    this.#packet.alloc();
  }

  /** Throws when the frame is not decodable by itself after what came before. */
  decode(encoded: Buffer, ticks: number): DecodedPicture {
    this.#packet.unref();
    this.#packet.data = Buffer.from(encoded);
    this.#packet.pts = BigInt(ticks);
    const sent = this.#context.sendPacketSync(this.#packet);
    const received = sent < 0 ? sent : this.#context.receiveFrameSync(this.#frame);
    const luma = this.#frame.data?.[0];
    if (received < 0 || luma === undefined || this.#frame.decodeErrorFlags !== 0)
      throw new EncoderError('failed', `a frame could not be decoded (${received})`);
    const { width, height, linesize, pts } = this.#frame;
    return { width, height, ticks: Number(pts), frame: this.#frame, luma, lumaStride: linesize[0] ?? width };
  }

  close(): void {
    this.#context.freeContext();
    this.#frame.free();
    this.#packet.free();
  }
}

/** A decoded picture as B, G, R, unused, by the matrix and range that the encoder's port promises (BT.601, limited). */
export function toPixels({ frame, width, height }: DecodedPicture): Buffer {
  const scaler = new SoftwareScaleContext();
  const flags = (SWS_BICUBIC | SWS_FULL_CHR_H_INT) as SwsFlags;
  scaler.getContext(width, height, frame.format as AVPixelFormat, width, height, AV_PIX_FMT_BGR0, flags);
  const into = new LibavScreen(width, height);
  scaler.scaleFrameSync(into.frame, frame);
  const pixels = Buffer.from(into.pixels.subarray(0, width * height * 4));
  into.free();
  scaler.freeContext();
  return pixels;
}
