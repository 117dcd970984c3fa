import {
  AV_PIX_FMT_BGR0,
  AV_PIX_FMT_NV12,
  type AVPixelFormat,
  SWS_AREA,
  SWS_FULL_CHR_H_INP,
  SWS_POINT,
  type SwsFlags,
} from 'node-av/constants';
import { type Frame, SoftwareScaleContext } from 'node-av/lib';
import type { RowRun } from '../../capture/row-runs.ts';
import { EncoderError } from '../video-encoder.ts';
import { type LibavScreen, newFrame } from './libav-screen.ts';

/** Chroma of every second pixel, where H.264 has it by default (left-sited), in vector code: 1.3 ms a 720p frame, not 1.8. */
const SAME_SIZE = (SWS_POINT | SWS_FULL_CHR_H_INP) as SwsFlags;
/** Where the picture is smaller: every pixel of the screen counts, or thin lines come and go. */
const SHRINKING = (SWS_AREA | SWS_FULL_CHR_H_INP) as SwsFlags;

/** One plane of a frame: its memory, bytes from row to row, and how many rows of the picture share one of its. */
interface Plane {
  memory: Buffer;
  stride: number;
  share: number;
}

/**
 * Turns a screen's pixels into an encoder's picture: Y′CbCr 4:2:0 (planar or NV12), BT.601 matrix, limited range, in the
 * stream's size. The picture is kept, so that at the screen's own size only rows that changed are converted.
 */
export class ColourConversion {
  readonly picture: Frame;
  readonly #screen: LibavScreen;
  readonly #scaler = new SoftwareScaleContext();
  readonly #resizes: boolean;
  readonly #from: readonly Plane[];
  readonly #to: readonly Plane[];

  constructor(screen: LibavScreen, format: AVPixelFormat, width: number, height: number) {
    this.#screen = screen;
    this.#resizes = width !== screen.width || height !== screen.height;
    const flags = this.#resizes ? SHRINKING : SAME_SIZE;
    this.#scaler.getContext(screen.width, screen.height, AV_PIX_FMT_BGR0, width, height, format, flags);
    this.picture = newFrame(format, width, height);
    this.#from = planesOf(screen.frame, [1]);
    this.#to = planesOf(this.picture, format === AV_PIX_FMT_NV12 ? [1, 2] : [1, 2, 2]);
  }

  /** Takes rows of the screen over into the picture; all of them, unless told which have changed. */
  convert(changed: readonly RowRun[] = [{ top: 0, bottom: this.#screen.height }]): void {
    if (this.#resizes) {
      // Neighbouring rows of the screen mix in the picture: it is made anew.
      if (changed.length > 0) this.#scaler.scaleFrameSync(this.picture, this.#screen.frame);
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
      if (rows < 0) throw new EncoderError('failed', `swscale refused rows ${top} to ${bottom} (${rows})`);
    }
  }

  close(): void {
    this.#scaler.freeContext();
    this.picture.free();
  }
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
