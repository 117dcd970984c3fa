import type { EdgeMessage } from '@kilat/shared/session/channel-messages';

type CursorImage = NonNullable<Extract<EdgeMessage, { type: 'cursor' }>['image']>;

/** Browsers ignore cursor images above this, pixels. */
const MAX_CURSOR_PIXELS = 128;

/** Shows the title's pointer as the surface's own, so that it moves without the round trip. `null`: the title hides it. */
export function showCursor(surface: HTMLElement, image: CursorImage | null): void {
  surface.style.cursor = image === null ? 'none' : cursorStyle(image);
}

function cursorStyle(image: CursorImage): string {
  const pixels = cursorPixels(image);
  if (pixels === undefined) return 'default';
  const canvas = document.createElement('canvas');
  canvas.width = image.width;
  canvas.height = image.height;
  const context = canvas.getContext('2d');
  if (context === null) return 'default';
  context.putImageData(new ImageData(pixels, image.width, image.height), 0, 0);
  const { x, y } = hotSpot(image);
  return `url(${canvas.toDataURL('image/png')}) ${x} ${y}, default`;
}

/** RGBA bytes of a pointer; undefined when there are too few or the browser would not draw it. */
export function cursorPixels({ width, height, rgba }: CursorImage): Uint8ClampedArray<ArrayBuffer> | undefined {
  if (width > MAX_CURSOR_PIXELS || height > MAX_CURSOR_PIXELS) return undefined;
  try {
    const bytes = Uint8ClampedArray.from(atob(rgba), (char) => char.charCodeAt(0));
    return bytes.length === width * height * 4 ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** The pointing pixel, inside the image: browsers drop a cursor whose hot spot lies outside. */
export function hotSpot({ width, height, hotX, hotY }: CursorImage): { x: number; y: number } {
  return { x: Math.min(width - 1, Math.max(0, hotX)), y: Math.min(height - 1, Math.max(0, hotY)) };
}
