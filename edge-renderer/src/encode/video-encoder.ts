import {
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_BGR0,
  AV_PIX_FMT_YUV420P,
  type AVPixelFormat,
  FF_ENCODER_LIBX264,
  type SwsFlags,
  SWS_FULL_CHR_H_INP,
  SWS_POINT,
} from 'node-av/constants';
import { Codec, CodecContext, Frame, Packet, Rational, SoftwareScaleContext } from 'node-av/lib';
import type { DisplaySpec } from '@kilat/shared/title/manifest';
import { monotonicMs } from '../monotonic.ts';

/** One H.264 access unit (Annex B). `data` is valid until the next `encode`. */
export interface EncodedFrame {
  data: Buffer;
  keyFrame: boolean;
  convertedMs: number;
  encodedMs: number;
}

/** Slices a picture is cut into, each encoded by its own thread. */
const SLICES = 2;
/** How many frames' worth of bits the rate control may spend at once. */
const BUFFER_FRAMES = 4;
/** Finer steps than this nobody sees; without a floor an easy picture takes all the bitrate and a fifth more time. */
const FINEST_QP = 18;
/** Chroma of every second pixel, where H.264 has it by default (left-sited), in vector code: 1.3 ms a 720p frame, not 1.8. */
const SCALING = (SWS_POINT | SWS_FULL_CHR_H_INP) as SwsFlags;

/**
 * x264 through libavcodec: constrained baseline, no periodic key frames, one frame in, one frame out. Pixels go into
 * `pixels` (B, G, R, unused; width × height × 4 bytes) before each `encode`.
 */
export class VideoEncoder {
  readonly pixels: Buffer;
  readonly #context: CodecContext;
  readonly #scaler: SoftwareScaleContext;
  readonly #screen: Frame;
  readonly #picture: Frame;
  readonly #packet: Packet;
  readonly #framesPerSecond: number;
  #keyFrameWanted = true;

  constructor({ width, height, fps }: DisplaySpec, bitrateKbps: number) {
    const codec = Codec.findEncoderByName(FF_ENCODER_LIBX264);
    if (codec === null) throw new Error('FFmpeg was built without libx264');
    this.#framesPerSecond = fps;
    const context = new CodecContext();
    context.allocContext3(codec);
    context.width = width;
    context.height = height;
    context.pixelFormat = AV_PIX_FMT_YUV420P;
    context.timeBase = new Rational(1, 90_000);
    context.framerate = new Rational(fps, 1);
    context.gopSize = 1_000_000;
    context.maxBFrames = 0;
    context.threadCount = SLICES;
    this.#context = context;
    this.setBitrate(bitrateKbps);
    const options = {
      preset: 'ultrafast',
      tune: 'zerolatency',
      profile: 'baseline',
      'forced-idr': '1',
      // swscale converts with the BT.601 matrix to limited range; the stream says so (H.264 table E-3 to E-5).
      'x264-params': `repeat-headers=1:scenecut=0:qpmin=${FINEST_QP}:slices=${SLICES}:level=${levelOf(width, height, fps)}:colorprim=smpte170m:transfer=smpte170m:colormatrix=smpte170m:fullrange=off`,
    };
    for (const [name, value] of Object.entries(options)) {
      if (context.setOption(name, value) < 0) throw new Error(`x264 refused the option ${name}=${value}`);
    }
    if (context.open2Sync(codec) < 0) throw new Error(`x264 could not be opened for ${width}×${height}`);
    this.#scaler = new SoftwareScaleContext();
    this.#scaler.getContext(width, height, AV_PIX_FMT_BGR0, width, height, AV_PIX_FMT_YUV420P, SCALING);
    this.#screen = newFrame(AV_PIX_FMT_BGR0, width, height);
    this.#picture = newFrame(AV_PIX_FMT_YUV420P, width, height);
    const plane = this.#screen.data?.[0];
    if (plane === undefined) throw new Error('libav gave a frame without memory');
    this.pixels = plane;
    this.#packet = new Packet();
    this.#packet.alloc();
  }

  /** Takes effect with the next frame, without reopening. */
  setBitrate(kbps: number): void {
    this.#context.bitRate = BigInt(kbps * 1000);
    this.#context.rcMaxRate = BigInt(kbps * 1000);
    this.#context.rcBufferSize = Math.floor(((kbps * 1000) / this.#framesPerSecond) * BUFFER_FRAMES);
  }

  /** The next frame will be an IDR with its parameter sets. */
  requestKeyFrame(): void {
    this.#keyFrameWanted = true;
  }

  /** Encodes what is in `pixels`; `ticks` (90 kHz, growing) orders the frames. One call at a time. */
  async encode(ticks: number): Promise<EncodedFrame> {
    this.#scaler.scaleFrameSync(this.#picture, this.#screen);
    const convertedMs = monotonicMs();
    this.#picture.pts = BigInt(ticks);
    this.#picture.pictType = this.#keyFrameWanted ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    this.#keyFrameWanted = false;
    const sent = await this.#context.sendFrame(this.#picture);
    if (sent < 0) throw new Error(`x264 refused a frame (${sent})`);
    this.#packet.unref();
    // libavcodec has encoded the frame when it takes it: this only hands the packet over.
    const received = this.#context.receivePacketSync(this.#packet);
    if (received < 0 || this.#packet.data === null) throw new Error(`x264 gave no packet (${received})`);
    return { data: this.#packet.data, keyFrame: this.#packet.isKeyframe, convertedMs, encodedMs: monotonicMs() };
  }

  close(): void {
    this.#context.freeContext();
    this.#scaler.freeContext();
    this.#screen.free();
    this.#picture.free();
    this.#packet.free();
  }
}

function newFrame(format: AVPixelFormat, width: number, height: number): Frame {
  const frame = new Frame();
  frame.alloc();
  frame.format = format;
  frame.width = width;
  frame.height = height;
  frame.getBuffer(64);
  return frame;
}

/** The lowest H.264 level (table A-1) whose macroblock rate and frame size fit, as x264 writes it ("32" is 3.2). */
export function levelOf(width: number, height: number, fps: number): number {
  const macroblocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  const levels = [
    [30, 40_500, 1_620],
    [31, 108_000, 3_600],
    [32, 216_000, 5_120],
    [40, 245_760, 8_192],
    [42, 522_240, 8_704],
    [50, 589_824, 22_080],
    [51, 983_040, 36_864],
  ] as const;
  return levels.find(([, rate, size]) => macroblocks <= size && macroblocks * fps <= rate)?.[0] ?? 52;
}
