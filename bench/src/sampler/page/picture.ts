/** What shows a product's picture: Kilat's and most others' video, noVNC's canvas. */
export type PictureElement = HTMLVideoElement | HTMLCanvasElement;

export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Brightness (0…255) of decoded pixels, by place on the title's display. */
export interface Picture {
  /** The frame's own time; a video's is the `mediaTime` of its callback, in microseconds. */
  timestampUs: number;
  at(x: number, y: number): number;
}

/** The display every product is asked for. */
export const DISPLAY = { width: 1280, height: 720 } as const;

/**
 * Decoded pixels of one area of what an element shows now; undefined while it shows nothing.
 *
 * `VideoFrame.copyTo` copies the area alone and converts nothing: half a millisecond for a 720p video, where drawing
 * it to a canvas converts the whole frame and took five.
 */
export async function readPicture(element: PictureElement, area: Area): Promise<Picture | undefined> {
  const frame = open(element);
  if (frame === undefined) return undefined;
  try {
    // A product may send a smaller picture than its display has.
    const scaleX = frame.displayWidth / DISPLAY.width;
    const scaleY = frame.displayHeight / DISPLAY.height;
    const rect = {
      x: even(area.x * scaleX),
      y: even(area.y * scaleY),
      width: even(area.width * scaleX),
      height: even(area.height * scaleY),
    };
    // A stream's first frame may be one of 2 × 2 that the browser made itself.
    if (rect.width === 0 || rect.height === 0) return undefined;
    const bytes = new Uint8Array(frame.allocationSize({ rect }));
    const [plane] = await frame.copyTo(bytes, { rect });
    const { offset, stride } = plane as PlaneLayout;
    // Planar formats begin with luma; of packed ones the green byte is the second in RGBA as in BGRA.
    const packed = /^(RGB|BGR)/.test(frame.format ?? '');
    const [step, first] = packed ? [4, 1] : [1, 0];
    return {
      timestampUs: frame.timestamp,
      at: (x, y) => {
        const column = Math.min(rect.width - 1, Math.max(0, Math.round(x * scaleX) - rect.x));
        const row = Math.min(rect.height - 1, Math.max(0, Math.round(y * scaleY) - rect.y));
        return bytes[offset + row * stride + column * step + first] ?? 0;
      },
    };
  } finally {
    frame.close();
  }
}

function open(element: PictureElement): VideoFrame | undefined {
  try {
    return element instanceof HTMLVideoElement ? new VideoFrame(element) : new VideoFrame(element, { timestamp: 0 });
  } catch {
    // No frame yet, or an element without a size.
    return undefined;
  }
}

const even = (value: number): number => 2 * Math.floor(value / 2);
