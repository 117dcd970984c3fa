import type { AVHWDeviceType, AVPixelFormat } from 'node-av/constants';
import { type Frame, Frame as LibavFrame, HardwareDeviceContext, HardwareFramesContext } from 'node-av/lib';
import { EncoderError } from '../video-encoder.ts';

/** Frames in the pool: one being encoded, one being filled, and one the driver may still hold as reference. */
const POOL_FRAMES = 4;

/** A GPU device with its frames, which pictures are copied to before they are encoded there. */
export class Upload {
  readonly frames = new HardwareFramesContext();
  readonly #device = new HardwareDeviceContext();
  readonly #frame = new LibavFrame();
  readonly #kind: string;

  /** Throws `EncoderError` `unavailable` when there is no such device or its driver does not answer. */
  constructor(
    kind: string,
    { device, format }: { device: AVHWDeviceType; format: AVPixelFormat },
    softwareFormat: AVPixelFormat,
    width: number,
    height: number,
  ) {
    this.#kind = kind;
    const created = this.#device.create(device);
    if (created < 0) {
      throw new EncoderError(
        'unavailable',
        `no ${HardwareDeviceContext.getTypeName(device) ?? kind} device or driver here (${created})`,
      );
    }
    this.frames.alloc(this.#device);
    this.frames.format = format;
    this.frames.swFormat = softwareFormat;
    this.frames.width = width;
    this.frames.height = height;
    this.frames.initialPoolSize = POOL_FRAMES;
    const initialised = this.frames.init();
    if (initialised < 0) {
      this.free();
      throw new EncoderError('unavailable', `${kind}: the device has no memory for ${width}×${height} frames`);
    }
    this.#frame.alloc();
  }

  /** Copies a picture to the device; the frame is valid until the next `take`. */
  take(picture: Frame): Frame {
    this.#frame.unref();
    const got = this.frames.getBuffer(this.#frame);
    if (got < 0) throw new EncoderError('failed', `${this.#kind}: the device gave no frame (${got})`);
    const copied = this.frames.transferDataSync(this.#frame, picture);
    if (copied < 0) throw new EncoderError('failed', `${this.#kind}: a frame could not be uploaded (${copied})`);
    return this.#frame;
  }

  free(): void {
    this.#frame.free();
    this.frames.free();
    this.#device.free();
  }
}
