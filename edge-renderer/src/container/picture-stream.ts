import { VIDEO_PAYLOAD_TYPE } from '@kilat/shared/media/router-capabilities';
import type { DisplaySpec } from '@kilat/shared/title/manifest';
import { rtpTimestampAt, VIDEO_TICKS_PER_MS } from '@kilat/shared/units';
import { isDrawn } from '../capture/drawn.ts';
import { Framebuffer } from '../capture/framebuffer.ts';
import { type CaptureTimes, ScreenCapture } from '../capture/screen-capture.ts';
import type { XConnection } from '../capture/x-connection.ts';
import { VideoEncoder } from '../encode/video-encoder.ts';
import { monotonicMs } from '../monotonic.ts';
import { h264Packets } from '../rtp/h264-packets.ts';
import { asksForKeyFrame } from '../rtp/rtcp.ts';
import { RtpStream } from '../rtp/rtp-packet.ts';
import type { RtpSocket } from '../rtp/rtp-socket.ts';
import type { SentFrame } from './messages.ts';

/** A receiver that has heard nothing for three seconds asks for a key frame; a repeated frame before that costs 1 % of one. */
const KEEP_ALIVE_MS = 2_500;
/** Key frames on request come at most this often. */
const KEY_FRAME_INTERVAL_MS = 300;

interface PictureListener {
  drawn(): void;
  sent(frame: SentFrame): void;
  failed(error: unknown): void;
}

/** The picture's way through the container: screen → capture → encoder → RTP. */
export class PictureStream {
  readonly #capture: ScreenCapture;
  readonly #framebuffer: Framebuffer;
  readonly #encoder: VideoEncoder;
  readonly #display: DisplaySpec;
  readonly #listener: PictureListener;
  /** A title has been started, and has drawn. */
  #expected = false;
  #drawn = false;
  #viewer = false;
  #output: { stream: RtpStream; socket: RtpSocket } | undefined;
  #keepAlive: NodeJS.Timeout | undefined;
  #keyFrameAtMs = Number.NEGATIVE_INFINITY;
  #delayedKeyFrame: NodeJS.Timeout | undefined;

  constructor(
    x: XConnection,
    framebufferPath: string,
    display: DisplaySpec,
    bitrateKbps: number,
    listener: PictureListener,
  ) {
    this.#display = display;
    this.#listener = listener;
    this.#encoder = new VideoEncoder(display, bitrateKbps);
    this.#framebuffer = new Framebuffer(framebufferPath, display.width, display.height);
    this.#capture = new ScreenCapture(
      x,
      this.#framebuffer,
      this.#encoder.pixels,
      display.fps,
      (times) => this.#frame(times),
      (error) => listener.failed(error),
    );
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
    this.#output = {
      socket,
      stream: new RtpStream(ssrc, VIDEO_PAYLOAD_TYPE, true, Math.floor(Math.random() * 30_000)),
    };
    this.keyFrame();
  }

  setViewer(present: boolean): void {
    this.#viewer = present;
    if (present) {
      this.keyFrame();
      this.#capture.resume();
      return;
    }
    clearTimeout(this.#keepAlive);
    if (this.#drawn) this.#capture.pause();
  }

  handleRtcp(compound: Buffer): void {
    if (this.#output !== undefined && asksForKeyFrame(compound, this.#output.stream.ssrc)) this.keyFrame();
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

  setBitrate(kbps: number): void {
    this.#encoder.setBitrate(kbps);
  }

  close(): void {
    clearTimeout(this.#keepAlive);
    clearTimeout(this.#delayedKeyFrame);
    this.#capture.pause();
    this.#framebuffer.close();
  }

  async #frame({ cause, damagedMs, capturedMs }: CaptureTimes): Promise<void> {
    if (!this.#drawn) {
      if (!this.#expected || !isDrawn(this.#encoder.pixels, this.#display.width, this.#display.height)) return;
      this.#drawn = true;
      this.#listener.drawn();
    }
    const output = this.#output;
    if (output === undefined || !this.#viewer) {
      this.#capture.pause();
      return;
    }
    const encoded = await this.#encoder.encode(Math.round(capturedMs * VIDEO_TICKS_PER_MS));
    const { data, keyFrame, convertedMs, encodedMs } = encoded;
    const rtpTimestamp = rtpTimestampAt(capturedMs);
    if (keyFrame) this.#keyFrameAtMs = capturedMs;
    for (const packet of h264Packets(output.stream, data, rtpTimestamp)) output.socket.send(packet);
    this.#armKeepAlive();
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

  #armKeepAlive(): void {
    if (this.#keepAlive === undefined) this.#keepAlive = setTimeout(() => this.#capture.refresh(), KEEP_ALIVE_MS);
    else this.#keepAlive.refresh();
  }
}
