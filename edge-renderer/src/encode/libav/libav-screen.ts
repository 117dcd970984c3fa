import { AV_PIX_FMT_BGR0, type AVPixelFormat } from 'node-av/constants';
import { Frame } from 'node-av/lib';
import { EncoderError } from '../video-encoder.ts';
import type { Screen } from '../screen.ts';

/** Rows of 4-byte pixels without anything in between, as capture writes them, whatever the width. */
const PACKED = 4;

/** A screen in libav's memory: what capture writes is what swscale reads, without a copy in between. */
export class LibavScreen implements Screen {
  readonly width: number;
  readonly height: number;
  readonly frame: Frame;
  readonly pixels: Buffer;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.frame = newFrame(AV_PIX_FMT_BGR0, width, height, PACKED);
    const plane = this.frame.data?.[0];
    if (plane === undefined) throw new EncoderError('failed', 'libav gave a frame without memory');
    this.pixels = plane;
  }

  free(): void {
    this.frame.free();
  }
}

/** A frame with memory of its own; `align`: what the bytes of a row are a multiple of. */
export function newFrame(format: AVPixelFormat, width: number, height: number, align = 64): Frame {
  const frame = new Frame();
  frame.alloc();
  frame.format = format;
  frame.width = width;
  frame.height = height;
  frame.getBuffer(align);
  return frame;
}
