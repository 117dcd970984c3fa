import { AV_PICTURE_TYPE_I, AV_PICTURE_TYPE_NONE, AV_PIX_FMT_YUV420P, FF_ENCODER_LIBX264 } from 'node-av/constants';
import { Codec, CodecContext, Packet, Rational } from 'node-av/lib';
import type { DisplaySpec } from '@kilat/shared/title/manifest';
import type { RowRun } from '../capture/row-runs.ts';
import { monotonicMs } from '../monotonic.ts';
import { ColourConversion } from './colour-conversion.ts';

/** One H.264 access unit (Annex B). `data` is valid until the next `encode`. */
export interface EncodedFrame {
  data: Buffer;
  keyFrame: boolean;
  encodedMs: number;
}

/** Slices a picture is cut into, each encoded by its own thread. */
const SLICES = 2;
/** How many frames' worth of bits one frame may take, key frames too: it must not fill a bottleneck's queue by itself. */
const BUFFER_FRAMES = 1.5;
/** Finer steps than this nobody sees; without a floor an easy picture takes all the bitrate and a fifth more time. */
const FINEST_QP = 18;

/**
 * x264 through libavcodec: constrained baseline, no periodic key frames, one frame in, one frame out. Pixels go into
 * `pixels` (B, G, R, unused; width × height × 4 bytes) and through `convert` before each `encode`.
 */
export class VideoEncoder {
  readonly #colours: ColourConversion;
  readonly #packet: Packet;
  #context: CodecContext;
  #size: DisplaySpec;
  #wantedSize: DisplaySpec;
  #bitrateKbps: number;
  #keyFrameWanted = true;

  constructor(size: DisplaySpec, bitrateKbps: number) {
    this.#size = size;
    this.#wantedSize = size;
    this.#bitrateKbps = bitrateKbps;
    this.#context = openX264(size, bitrateKbps);
    this.#colours = new ColourConversion(size.width, size.height);
    this.#packet = new Packet();
    this.#packet.alloc();
  }

  /** Size and rate of the stream from the next frame on, which will be an IDR; `pixels` keeps its size. */
  setPicture(size: Pick<DisplaySpec, 'width' | 'height' | 'fps'>): void {
    this.#wantedSize = size;
  }

  /** Takes effect with the next frame, without reopening. */
  setBitrate(kbps: number): void {
    this.#bitrateKbps = kbps;
    limitBitrate(this.#context, kbps, this.#size.fps);
  }

  /** The next frame will be an IDR with its parameter sets. */
  requestKeyFrame(): void {
    this.#keyFrameWanted = true;
  }

  /** Where the screen's pixels go: B, G, R, unused; width × height × 4 bytes. */
  get pixels(): Buffer {
    return this.#colours.pixels;
  }

  /** Takes rows of `pixels` over into the picture; all of them, unless told which have changed. */
  convert(changed?: readonly RowRun[]): void {
    this.#colours.convert(changed);
  }

  /** Encodes the picture as it is; `ticks` (90 kHz, growing) orders the frames. One call at a time. */
  async encode(ticks: number): Promise<EncodedFrame> {
    this.#takeSize();
    const { picture } = this.#colours;
    picture.pts = BigInt(ticks);
    picture.pictType = this.#keyFrameWanted ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    this.#keyFrameWanted = false;
    const sent = await this.#context.sendFrame(picture);
    if (sent < 0) throw new Error(`x264 refused a frame (${sent})`);
    this.#packet.unref();
    // libavcodec has encoded the frame when it takes it: this only hands the packet over.
    const received = this.#context.receivePacketSync(this.#packet);
    if (received < 0 || this.#packet.data === null) throw new Error(`x264 gave no packet (${received})`);
    return { data: this.#packet.data, keyFrame: this.#packet.isKeyframe, encodedMs: monotonicMs() };
  }

  #takeSize(): void {
    const { width, height, fps } = this.#wantedSize;
    const { width: widthNow, height: heightNow, fps: fpsNow } = this.#size;
    if (width === widthNow && height === heightNow && fps === fpsNow) return;
    this.#context.freeContext();
    this.#size = this.#wantedSize;
    this.#context = openX264(this.#size, this.#bitrateKbps);
    if (width !== widthNow || height !== heightNow) this.#colours.resize(width, height);
    this.#keyFrameWanted = true;
  }

  close(): void {
    this.#context.freeContext();
    this.#colours.close();
    this.#packet.free();
  }
}

function openX264({ width, height, fps }: DisplaySpec, bitrateKbps: number): CodecContext {
  const codec = Codec.findEncoderByName(FF_ENCODER_LIBX264);
  if (codec === null) throw new Error('FFmpeg was built without libx264');
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
  limitBitrate(context, bitrateKbps, fps);
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
  return context;
}

function limitBitrate(context: CodecContext, kbps: number, framesPerSecond: number): void {
  context.bitRate = BigInt(Math.round(kbps * 1000));
  context.rcMaxRate = context.bitRate;
  context.rcBufferSize = Math.floor(((kbps * 1000) / framesPerSecond) * BUFFER_FRAMES);
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
