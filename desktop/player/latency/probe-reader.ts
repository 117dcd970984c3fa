import { PROBE_CODE, type ProbeState, readProbeCells } from '@kilat/shared/title/probe-code';

/** Brightness above which a cell is white: the middle between video black (16) and white (235). */
const WHITE = 125;

/** Reads the probe's cells out of decoded frames. `displayWidth`: of the title's display, pixels; the picture may come smaller. */
export class ProbeReader {
  readonly #displayWidth: number;
  readonly #canvas: CanvasRenderingContext2D | null;

  constructor(displayWidth: number) {
    this.#displayWidth = displayWidth;
    const canvas = document.createElement('canvas');
    canvas.width = PROBE_CODE.columns;
    canvas.height = PROBE_CODE.rows;
    this.#canvas = canvas.getContext('2d', { willReadFrequently: true });
    if (this.#canvas !== null) this.#canvas.imageSmoothingEnabled = false;
  }

  /** The state in the frame shown now; must be called while it is shown (`requestVideoFrameCallback`). */
  read = async (video: HTMLVideoElement): Promise<ProbeState | undefined> => {
    try {
      // On secure origins a frame gives up its brightness plane in 0.1 ms; drawing it to a canvas converts all of it in 5 ms.
      const reading = 'VideoFrame' in globalThis ? this.#readPlane(new VideoFrame(video)) : this.#readCanvas(video);
      return await reading;
    } catch {
      return undefined;
    }
  };

  async #readPlane(frame: VideoFrame): Promise<ProbeState | undefined> {
    try {
      if (frame.format !== 'I420' && frame.format !== 'NV12') return this.#readCanvas(frame);
      const scale = frame.codedWidth / this.#displayWidth;
      const rect = evenRect(scale);
      const bytes = new Uint8Array(frame.allocationSize({ rect }));
      const [plane] = await frame.copyTo(bytes, { rect });
      if (plane === undefined) return undefined;
      return readProbeCells(sampleCells(bytes, plane.offset, plane.stride, rect, scale));
    } finally {
      frame.close();
    }
  }

  /** One canvas pixel a cell: without smoothing each takes its cell's middle. */
  #readCanvas(picture: HTMLVideoElement | VideoFrame): ProbeState | undefined {
    if (this.#canvas === null) return undefined;
    const { columns, rows, cell, x, y } = PROBE_CODE;
    const width = picture instanceof HTMLVideoElement ? picture.videoWidth : picture.displayWidth;
    const scale = width / this.#displayWidth;
    this.#canvas.drawImage(
      picture,
      x * scale,
      y * scale,
      columns * cell * scale,
      rows * cell * scale,
      0,
      0,
      columns,
      rows,
    );
    const { data } = this.#canvas.getImageData(0, 0, columns, rows);
    return readProbeCells(
      Array.from({ length: columns * rows }, (_, cellIndex) => (data[cellIndex * 4 + 1] ?? 0) > WHITE),
    );
  }
}

/** The code's region in a picture scaled by `scale`, on even pixels as subsampled colours want it. */
export function evenRect(scale: number): { x: number; y: number; width: number; height: number } {
  const { columns, rows, cell, x, y } = PROBE_CODE;
  const even = (value: number) => 2 * Math.floor(value / 2);
  const [left, top] = [even(x * scale), even(y * scale)];
  return {
    x: left,
    y: top,
    width: even((x + columns * cell) * scale) - left,
    height: even((y + rows * cell) * scale) - top,
  };
}

/** Whether the middle of each cell is white, from the brightness plane of `rect`. */
export function sampleCells(
  plane: Uint8Array,
  offset: number,
  stride: number,
  rect: { x: number; y: number },
  scale: number,
): boolean[] {
  const { columns, rows, cell, x, y } = PROBE_CODE;
  return Array.from({ length: columns * rows }, (_, index) => {
    const column = Math.round((x + ((index % columns) + 0.5) * cell) * scale) - rect.x;
    const row = Math.round((y + (Math.floor(index / columns) + 0.5) * cell) * scale) - rect.y;
    return (plane[offset + row * stride + column] ?? 0) > WHITE;
  });
}
