import {
  AV_PIX_FMT_BGR0,
  AV_PIX_FMT_YUV420P,
  type AVPixelFormat,
  SWS_AREA,
  SWS_FULL_CHR_H_INP,
  SWS_POINT,
  type SwsFlags,
} from 'node-av/constants';
import { Frame, SoftwareScaleContext } from 'node-av/lib';
import type { RowRun } from '../capture/row-runs.ts';

/** Chroma of every second pixel, where H.264 has it by default (left-sited), in vector code: 1.3 ms a 720p frame, not 1.8. */
const CONVERTING = (SWS_POINT | SWS_FULL_CHR_H_INP) as SwsFlags;
/** Where the picture is smaller: every pixel of the screen counts, or thin lines come and go. */
const SHRINKING = (SWS_AREA | SWS_FULL_CHR_H_INP) as SwsFlags;

/** One plane of a frame: its memory, bytes from row to row, and how many rows of the picture share one of its. */
interface Plane {
  memory: Buffer;
  stride: number;
  share: number;
}

/**
 * Turns a screen's pixels into the encoder's picture: Y′CbCr 4:2:0, BT.601 matrix, limited range. Both are kept, so that
 * only rows that changed are converted.
 */
export class ColourConversion {
  /** The screen: B, G, R, unused; width × height × 4 bytes. */
  readonly pixels: Buffer;
  readonly #width: number;
  readonly #height: number;
  readonly #screen: Frame;
  readonly #from: readonly Plane[];
  #scaler = new SoftwareScaleContext();
  #picture: Frame;
  #to: readonly Plane[];

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.#scaler.getContext(width, height, AV_PIX_FMT_BGR0, width, height, AV_PIX_FMT_YUV420P, CONVERTING);
    this.#screen = newFrame(AV_PIX_FMT_BGR0, width, height);
    this.#picture = newFrame(AV_PIX_FMT_YUV420P, width, height);
    this.#from = planesOf(this.#screen, [1]);
    this.#to = planesOf(this.#picture, [1, 2, 2]);
    this.pixels = (this.#from[0] as Plane).memory;
  }

  get picture(): Frame {
    return this.#picture;
  }

  /** Makes the picture of another size than the screen, all of it anew. */
  resize(width: number, height: number): void {
    this.#scaler.freeContext();
    this.#picture.free();
    const flags = this.#isWhole(width, height) ? CONVERTING : SHRINKING;
    this.#scaler = new SoftwareScaleContext();
    this.#scaler.getContext(this.#width, this.#height, AV_PIX_FMT_BGR0, width, height, AV_PIX_FMT_YUV420P, flags);
    this.#picture = newFrame(AV_PIX_FMT_YUV420P, width, height);
    this.#to = planesOf(this.#picture, [1, 2, 2]);
    this.convert();
  }

  #isWhole(width: number, height: number): boolean {
    return width === this.#width && height === this.#height;
  }

  /** Takes rows of `pixels` over into the picture; all of them, unless told which have changed. */
  convert(changed: readonly RowRun[] = [{ top: 0, bottom: this.#height }]): void {
    if (!this.#isWhole(this.#picture.width, this.#picture.height)) {
      if (changed.length > 0) this.#scaler.scaleFrameSync(this.#picture, this.#screen);
      return;
    }
    for (const { top, bottom } of changed) {
      // To swscale each run is the top of a picture that ends early: it takes no slice out of turn.
      const [source, target] = [rowsFrom(this.#from, top), rowsFrom(this.#to, top)];
      const rows = this.#scaler.scaleSync(
        source.memory,
        source.strides,
        0,
        bottom - top,
        target.memory,
        target.strides,
      );
      if (rows < 0) throw new Error(`swscale refused rows ${top} to ${bottom} (${rows})`);
    }
  }

  close(): void {
    this.#scaler.freeContext();
    this.#screen.free();
    this.#picture.free();
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

/** `shares`: rows of the picture to a row of each plane. */
function planesOf(frame: Frame, shares: readonly number[]): Plane[] {
  return shares.map((share, plane) => {
    const [memory, stride] = [frame.data?.[plane], frame.linesize[plane]];
    if (memory === undefined || stride === undefined) throw new Error('libav gave a frame without memory');
    return { memory, stride, share };
  });
}

function rowsFrom(planes: readonly Plane[], top: number): { memory: Buffer[]; strides: number[] } {
  return {
    memory: planes.map(({ memory, stride, share }) => memory.subarray((top / share) * stride)),
    strides: planes.map(({ stride }) => stride),
  };
}
