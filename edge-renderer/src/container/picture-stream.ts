import type { Rendition } from '@kilat/shared/media/rendition';
import type { DisplaySpec } from '@kilat/shared/title/manifest';
import { rtpTimestampAt, VIDEO_TICKS_PER_MS } from '@kilat/shared/units';
import { isDrawn } from '../capture/drawn.ts';
import { type Capture, ScreenCapture } from '../capture/screen-capture.ts';
import { openScreenReader, type ScreenReader } from '../capture/screen-reader.ts';
import type { XConnection } from '../capture/x-connection.ts';
import { type EncoderChange, EncoderLadder } from '../encode/encoder-ladder.ts';
import { FrameBudget } from '../encode/frame-budget.ts';
import { openScreen } from '../encode/open-encoder.ts';
import type { Screen } from '../encode/screen.ts';
import { codecOf, type VideoCodec } from '../encode/video-codec.ts';
import type { EncodedFrame, EncoderKind } from '../encode/video-encoder.ts';
import { monotonicMs } from '../monotonic.ts';
import { newPacketiser, type Packetise } from '../rtp/packetiser.ts';
import { asksForKeyFrame } from '../rtp/rtcp.ts';
import type { RtpSocket } from '../rtp/rtp-socket.ts';
import type { CodecOrder, SentFrame } from './messages.ts';

/** A receiver that has heard nothing for three seconds asks for a key frame; a repeated frame before that costs 1 % of one. */
const KEEP_ALIVE_MS = 2_500;
/**
 * A picture that came to rest is encoded again so often, this far apart, ms, or until that adds next to nothing, bytes. Not
 * while somebody types: a browser that has just drawn shows the answer to a key a display's frame later.
 */
const REFINE = { times: 6, restMs: 300, everyMs: 100, leastBytes: { 'video/H264': 500, 'video/AV1': 100 } };
/** Key frames on request come at most this often. */
const KEY_FRAME_INTERVAL_MS = 300;

interface PictureListener {
  drawn(): void;
  sent(frame: SentFrame): void;
  /** Another codec's encoder took over. */
  encoderIs(kind: EncoderKind): void;
  encoderChanged(change: EncoderChange): void;
  /** None of a codec's encoders opens, or the last of another than H.264 broke: the page needs another codec. */
  codecFailed(codec: VideoCodec, why: string): void;
  /** The last of H.264's broke: nothing is left to go on with. */
  encoderLost(why: string): void;
  failed(error: unknown): void;
}

/** Where the encoded frames go. */
interface Output {
  socket: RtpSocket;
  ssrc: number;
  packetise: Packetise;
  /** Every stream that has gone there: a worker throws away the first packet after a jump in a stream that it knows. */
  streams: Map<string, Packetise>;
}

type Picture = Pick<Rendition, 'width' | 'height' | 'framesPerSecond'>;

const inWords = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const wholePicture = ({ width, height, fps }: DisplaySpec) => ({ width, height, framesPerSecond: fps });

/** The picture's way through the container: screen → capture → encoder → RTP. */
export class PictureStream {
  readonly #capture: ScreenCapture;
  readonly #reader: ScreenReader;
  readonly #screen: Screen;
  #encoder: EncoderLadder;
  /** Another codec's encoder and the picture it was opened for; it takes over with the next frame. */
  #successor: { encoder: EncoderLadder; picture: Picture } | undefined;
  /** The codec's last encoder broke: nothing is encoded before an order has brought a successor. */
  #broken = false;
  readonly #display: DisplaySpec;
  readonly #listener: PictureListener;
  readonly #budget: FrameBudget;
  #picture: Picture;
  /** A title has been started, and has drawn. */
  #expected = false;
  #drawn = false;
  /** Something was captured that the encoder has not seen. */
  #unseen = true;
  #viewer = false;
  #codec: VideoCodec;
  #output: Output | undefined;
  #nextLook: NodeJS.Timeout | undefined;
  #refinements = 0;
  #keyFrameAtMs = Number.NEGATIVE_INFINITY;
  #delayedKeyFrame: NodeJS.Timeout | undefined;

  private constructor(
    x: XConnection,
    parts: { reader: ScreenReader; screen: Screen; encoder: EncoderLadder },
    display: DisplaySpec,
    bitrateKbps: number,
    listener: PictureListener,
  ) {
    this.#display = display;
    this.#listener = listener;
    this.#reader = parts.reader;
    this.#screen = parts.screen;
    this.#encoder = parts.encoder;
    this.#codec = codecOf(parts.encoder.kind);
    this.#picture = wholePicture(display);
    this.#budget = new FrameBudget({ bitrateKbps, framesPerSecond: display.fps });
    this.#capture = new ScreenCapture(
      x,
      this.#reader,
      this.#screen.pixels,
      display.fps,
      (captured) => this.#frame(captured),
      (error) => listener.failed(error),
    );
  }

  /** Opens the way to the screen's pixels and the first of `encoders` that works; rejects when none does. */
  static async open(
    x: XConnection,
    framebufferPath: string | undefined,
    display: DisplaySpec,
    { encoders, bitrateKbps }: { encoders: readonly EncoderKind[]; bitrateKbps: number },
    listener: PictureListener,
  ): Promise<PictureStream> {
    const screen = await openScreen(display.width, display.height);
    const changed = (change: EncoderChange) => listener.encoderChanged(change);
    const encoder = await EncoderLadder.open(encoders, screen, { ...wholePicture(display), bitrateKbps }, changed);
    const reader = await openScreenReader(x, framebufferPath);
    return new PictureStream(x, { reader, screen, encoder }, display, bitrateKbps, listener);
  }

  get encoderKind(): EncoderKind {
    return this.#encoder.kind;
  }

  /** Encodes one empty frame, so that the first real one does not wait for the codec to warm up, and watches for damage. */
  async start(): Promise<void> {
    await this.#encoder.encode(0);
    await this.#capture.start();
  }

  /** Captures until the title has drawn, though nobody watches yet. */
  awaitDrawing(): void {
    this.#expected = true;
    this.#capture.resume();
  }

  /** What is on the screen belongs to a title that ended; nothing is sent until the next one has drawn. */
  forgetDrawing(): void {
    this.#expected = false;
    this.#drawn = false;
  }

  sendTo(socket: RtpSocket, ssrc: number): void {
    const streams = this.#output?.socket === socket ? this.#output.streams : new Map<string, Packetise>();
    const stream = `${this.#codec} ${ssrc}`;
    const packetise = streams.get(stream) ?? newPacketiser(this.#codec, ssrc);
    streams.set(stream, packetise);
    this.#output = { socket, ssrc, packetise, streams };
    this.keyFrame();
  }

  /** Another codec, in an RTP stream of its own, from the next frame on; what ran goes on when none of the encoders opens. */
  async useCodec({ codec, encoders, ssrc }: CodecOrder): Promise<void> {
    const isNew = codec !== this.#codec || this.#broken;
    if (isNew) {
      const picture = this.#picture;
      const rendition = { ...picture, bitrateKbps: this.#budget.meanKbps };
      const changed = (change: EncoderChange) => this.#listener.encoderChanged(change);
      let encoder: EncoderLadder;
      try {
        encoder = await EncoderLadder.open(encoders, this.#screen, rendition, changed);
      } catch (error) {
        return this.#listener.codecFailed(codec, inWords(error));
      }
      this.#successor?.encoder.close();
      this.#successor = { encoder, picture };
      this.#codec = codec;
    }
    const output = this.#output;
    if (output !== undefined && (isNew || output.ssrc !== ssrc)) this.sendTo(output.socket, ssrc);
  }

  setViewer(present: boolean): void {
    this.#viewer = present;
    if (present) {
      this.keyFrame();
      this.#capture.resume();
      return;
    }
    clearTimeout(this.#nextLook);
    if (this.#drawn) this.#capture.pause();
  }

  handleRtcp(compound: Buffer): void {
    if (this.#output !== undefined && asksForKeyFrame(compound, this.#output.ssrc)) this.keyFrame();
  }

  /** Sends an IDR now, or as soon as the last one is `KEY_FRAME_INTERVAL_MS` old. */
  keyFrame(): void {
    const waitMs = this.#keyFrameAtMs + KEY_FRAME_INTERVAL_MS - monotonicMs();
    clearTimeout(this.#delayedKeyFrame);
    if (waitMs > 0) {
      this.#delayedKeyFrame = setTimeout(() => this.keyFrame(), waitMs);
      return;
    }
    this.#encoder.requestKeyFrame();
    this.#capture.refresh();
  }

  inputInjected(): void {
    this.#capture.inputInjected();
  }

  /** `holdUntilMs`: no frame before then, monotonic ms. */
  setRendition(rendition: Rendition, holdUntilMs: number | undefined): void {
    if (holdUntilMs !== undefined) this.#capture.holdUntil(holdUntilMs);
    const { width, height, framesPerSecond } = rendition;
    const picture = this.#picture;
    if (width !== picture.width || height !== picture.height || framesPerSecond !== picture.framesPerSecond) {
      this.#picture = { width, height, framesPerSecond };
      this.#capture.setFrameRate(framesPerSecond);
      this.#encoder.setPicture(this.#picture);
    }
    this.#budget.use(rendition);
    this.#budgetEncoder();
  }

  close(): void {
    clearTimeout(this.#nextLook);
    clearTimeout(this.#delayedKeyFrame);
    this.#capture.pause();
    this.#reader.close();
    this.#encoder.close();
    this.#successor?.encoder.close();
  }

  async #frame({ cause, damagedMs, capturedMs, changed }: Capture): Promise<void> {
    if (this.#successor !== undefined) this.#takeOver(this.#successor);
    if (!this.#drawn) {
      this.#unseen = true;
      if (!this.#expected || !isDrawn(this.#screen.pixels, this.#display.width, this.#display.height)) return;
      this.#drawn = true;
      this.#listener.drawn();
    }
    const output = this.#output;
    if (output === undefined || !this.#viewer || this.#broken) {
      this.#unseen = true;
      this.#capture.pause();
      return;
    }
    this.#budget.frame(capturedMs);
    this.#budgetEncoder();
    let encoded: EncodedFrame;
    try {
      encoded = await this.#encoder.encode(
        Math.round(capturedMs * VIDEO_TICKS_PER_MS),
        this.#unseen ? undefined : changed,
      );
    } catch (error) {
      return this.#encoderBroke(error);
    }
    this.#unseen = false;
    const { data, keyFrame, convertedMs, encodedMs } = encoded;
    const rtpTimestamp = rtpTimestampAt(capturedMs);
    if (keyFrame) this.#keyFrameAtMs = capturedMs;
    for (const packet of output.packetise(data, rtpTimestamp)) output.socket.send(packet);
    this.#lookAgainAfter(cause === 'damage' || keyFrame, data.length);
    const sentMs = monotonicMs();
    this.#listener.sent({
      cause,
      rtpTimestamp,
      damagedMs,
      capturedMs,
      convertedMs,
      encodedMs,
      sentMs,
      bytes: data.length,
      keyFrame,
    });
  }

  #budgetEncoder(): void {
    const { frameKbps, meanKbps } = this.#budget;
    this.#encoder.setBitrate(this.#encoder.changesBitrate ? frameKbps : meanKbps);
  }

  /** Between frames: the one before may still have been with the old encoder. The first frame of the new one is an IDR. */
  #takeOver({ encoder, picture }: { encoder: EncoderLadder; picture: Picture }): void {
    this.#successor = undefined;
    this.#broken = false;
    clearTimeout(this.#delayedKeyFrame);
    this.#encoder.close();
    this.#encoder = encoder;
    if (picture !== this.#picture) encoder.setPicture(this.#picture);
    this.#listener.encoderIs(encoder.kind);
  }

  #encoderBroke(error: unknown): void {
    this.#unseen = true;
    // Another was ordered meanwhile, and takes over with the frame that follows at once.
    if (this.#successor !== undefined) return this.#capture.refresh();
    const codec = codecOf(this.#encoder.kind);
    this.#broken = true;
    // What every session can go back to.
    if (codec === 'video/H264') this.#listener.encoderLost(inWords(error));
    else this.#listener.codecFailed(codec, inWords(error));
  }

  /** What a low bitrate left coarse becomes fine once the screen stands still; after that it is only kept alive. */
  #lookAgainAfter(isNew: boolean, bytes: number): void {
    if (isNew) this.#refinements = REFINE.times;
    else this.#refinements = bytes < REFINE.leastBytes[this.#codec] ? 0 : Math.max(0, this.#refinements - 1);
    clearTimeout(this.#nextLook);
    const refineMs = isNew ? REFINE.restMs : REFINE.everyMs;
    this.#nextLook = setTimeout(() => this.#capture.refresh(), this.#refinements > 0 ? refineMs : KEEP_ALIVE_MS);
  }
}
