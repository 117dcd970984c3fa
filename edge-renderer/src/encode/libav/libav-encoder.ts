import type { Rendition } from '@kilat/shared/media/rendition';
import {
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AVCOL_PRI_BT709,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_SMPTE170M,
  AVCOL_TRC_IEC61966_2_1,
} from 'node-av/constants';
import { Codec, CodecContext, FFmpegError, Packet, Rational } from 'node-av/lib';
import type { RowRun } from '../../capture/row-runs.ts';
import { monotonicMs } from '../../monotonic.ts';
import { BitrateSteps, BUFFER_FRAMES, SLICES } from '../rate-control.ts';
import { type EncodedFrame, EncoderError, type VideoEncoder } from '../video-encoder.ts';
import { ColourConversion } from './colour-conversion.ts';
import { ENCODER_FAMILIES, type EncoderFamily } from './encoder-families.ts';
import { leaveRealTime } from './leave-real-time.ts';
import type { LibavScreen } from './libav-screen.ts';
import { Upload } from './upload.ts';

/** What one opened encoder is made of; replaced as a whole when the picture changes. */
interface Opened {
  context: CodecContext;
  colours: ColourConversion;
  upload: Upload | undefined;
}

/** H.264 or AV1 through libavcodec, in this process: x264 or SVT-AV1 on the processor, or a GPU's encoder. */
export class LibavEncoder implements VideoEncoder {
  readonly kind: keyof typeof ENCODER_FAMILIES;
  readonly #family: EncoderFamily;
  readonly #screen: LibavScreen;
  readonly #packet = new Packet();
  readonly #steps: BitrateSteps;
  #rendition: Rendition;
  #opened: Opened | undefined;
  #keyFrameWanted = true;
  #reopenWanted = false;
  /** The opened encoder's picture has nothing of the screen yet. */
  #blank = true;
  #busy = false;
  #closed = false;

  /** Throws `EncoderError`: `unavailable` when codec, driver or device is not there. */
  constructor(kind: keyof typeof ENCODER_FAMILIES, screen: LibavScreen, rendition: Rendition) {
    this.kind = kind;
    this.#family = ENCODER_FAMILIES[kind];
    this.#screen = screen;
    this.#rendition = rendition;
    this.#steps = new BitrateSteps(rendition.bitrateKbps, monotonicMs());
    this.#packet.alloc();
    this.#opened = open(this.kind, this.#family, screen, rendition);
  }

  get changesBitrate(): boolean {
    return this.#family.changesBitrate;
  }

  setBitrate(kbps: number): void {
    this.#rendition = { ...this.#rendition, bitrateKbps: kbps };
    if (!this.changesBitrate) this.#reopenWanted ||= this.#steps.isWorth(kbps, monotonicMs());
    else if (this.#opened !== undefined) applyBitrate(this.#opened.context, this.#family, this.#rendition);
  }

  setPicture(picture: Pick<Rendition, 'width' | 'height' | 'framesPerSecond'>): void {
    this.#rendition = { ...this.#rendition, ...picture };
    this.#reopenWanted = true;
  }

  requestKeyFrame(): void {
    this.#keyFrameWanted = true;
  }

  async encode(ticks: number, changed?: readonly RowRun[]): Promise<EncodedFrame> {
    const opened = this.#ready();
    this.#busy = true;
    try {
      return await this.#encode(opened, ticks, changed);
    } finally {
      this.#busy = false;
      if (this.#closed) this.#free();
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // libavcodec's thread still reads the frame under way.
    if (!this.#busy) this.#free();
  }

  #ready(): Opened {
    if (this.#closed) throw new EncoderError('failed', `${this.kind} was closed`);
    if (this.#reopenWanted || this.#opened === undefined) {
      release(this.#opened);
      this.#opened = undefined;
      this.#opened = open(this.kind, this.#family, this.#screen, this.#rendition);
      this.#reopenWanted = false;
      this.#steps.opened(this.#rendition.bitrateKbps, monotonicMs());
      this.#blank = true;
      this.#keyFrameWanted = true;
    }
    return this.#opened;
  }

  async #encode(
    { context, colours, upload }: Opened,
    ticks: number,
    changed: readonly RowRun[] | undefined,
  ): Promise<EncodedFrame> {
    colours.convert(this.#blank ? undefined : changed);
    this.#blank = false;
    const convertedMs = monotonicMs();
    const frame = upload === undefined ? colours.picture : upload.take(colours.picture);
    frame.pts = BigInt(ticks);
    frame.pictType = this.#keyFrameWanted ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    this.#keyFrameWanted = false;
    const sent = await context.sendFrame(frame);
    if (sent < 0) throw new EncoderError('failed', `${this.kind} refused a frame: ${inWords(sent)}`);
    this.#packet.unref();
    // libavcodec has encoded the frame when it takes it: this only hands the packet over.
    const received = context.receivePacketSync(this.#packet);
    if (received < 0 || this.#packet.data === null)
      throw new EncoderError('failed', `${this.kind} gave no packet: ${inWords(received)}`);
    return { data: this.#packet.data, keyFrame: this.#packet.isKeyframe, convertedMs, encodedMs: monotonicMs() };
  }

  #free(): void {
    release(this.#opened);
    this.#opened = undefined;
    this.#packet.free();
  }
}

/** Opens libav's encoder and what feeds it; frees all of it again when any part does not come up. */
function open(kind: string, family: EncoderFamily, screen: LibavScreen, rendition: Rendition): Opened {
  const { width, height, framesPerSecond } = rendition;
  const codec = Codec.findEncoderByName(family.codec);
  if (codec === null) throw new EncoderError('unavailable', `FFmpeg was built without ${family.codec}`);
  const upload = family.upload && new Upload(kind, family.upload, family.softwareFormat, width, height);
  const context = new CodecContext();
  context.allocContext3(codec);
  try {
    context.width = width;
    context.height = height;
    context.pixelFormat = family.upload?.format ?? family.softwareFormat;
    if (upload !== undefined) context.hwFramesCtx = upload.frames;
    context.timeBase = new Rational(1, 90_000);
    context.framerate = new Rational(framesPerSecond, 1);
    context.gopSize = 1_000_000;
    context.maxBFrames = 0;
    context.threadCount = SLICES;
    // The stream says what its samples are (H.264 tables E-3 to E-5): a screen's colours (sRGB, whose primaries are
    // BT.709's), by the matrix and range that swscale converts with.
    context.colorPrimaries = AVCOL_PRI_BT709;
    context.colorTrc = AVCOL_TRC_IEC61966_2_1;
    context.colorSpace = AVCOL_SPC_SMPTE170M;
    context.colorRange = AVCOL_RANGE_MPEG;
    applyBitrate(context, family, rendition);
    for (const [name, value] of Object.entries(family.options(rendition)))
      if (context.setOption(name, value) < 0)
        throw new EncoderError('refused', `${family.codec} refused the option ${name}=${value}`);
    const opening = context.open2Sync(codec);
    if (opening < 0)
      throw new EncoderError(
        'unavailable',
        `${family.codec} could not be opened for ${width}×${height}: ${inWords(opening)}`,
      );
    if (family.takesRealTime) leaveRealTime();
  } catch (error) {
    context.freeContext();
    upload?.free();
    throw error;
  }
  return { context, colours: new ColourConversion(screen, family.softwareFormat, width, height), upload };
}

function release(opened: Opened | undefined): void {
  opened?.context.freeContext();
  opened?.colours.close();
  opened?.upload?.free();
}

function applyBitrate(
  context: CodecContext,
  { bufferFrames = BUFFER_FRAMES }: EncoderFamily,
  { bitrateKbps, framesPerSecond }: Rendition,
): void {
  context.bitRate = BigInt(Math.round(bitrateKbps * 1000));
  context.rcMaxRate = BigInt(Math.round(bitrateKbps * 1000));
  context.rcBufferSize = Math.floor(((bitrateKbps * 1000) / framesPerSecond) * bufferFrames);
}

const inWords = (code: number): string => FFmpegError.strerror(code);
