import type { XConnection } from '../stage/connection.ts';
import { CODE_REGION } from './code-picture.ts';

const FRAMES_PER_SECOND = 60;
const PIXELS_PER_FRAME = 4;
/** A busy picture: pieces of the texture at random places of the screen, new ones in every frame. */
const BUSY = { pieces: 24, size: 80 } as const;
const BYTES_PER_UPLOAD = 1024 * 1024;

/**
 * Scrolls a texture over all of the window but the code region, which a clip leaves untouched: it can neither flicker
 * nor be torn. The texture is uploaded once, twice as wide as the screen; a frame is one copy within the X server.
 *
 * `busy`: with pieces that no encoder can foresee, as many bits as an explosion wants.
 */
export async function moveBackground(screen: XConnection, window: number, busy: boolean): Promise<never> {
  const { client, width, height, depth } = screen;
  const [texture, gc] = [client.AllocID(), client.AllocID()];
  client.CreatePixmap(texture, window, depth, 2 * width, height);
  client.CreateGC(gc, window, { graphicsExposures: 0 });
  const rows = Math.floor(BYTES_PER_UPLOAD / (2 * width * 4));
  for (let top = 0; top < height; top += rows) {
    const count = Math.min(rows, height - top);
    client.PutImage(2, texture, gc, 2 * width, count, 0, top, 0, depth, textureRows(width, top, count));
  }
  client.SetClipRectangles(gc, 0, 0, 0, aroundCodeRegion(width, height));
  await client.sync();

  const frameMs = 1000 / FRAMES_PER_SECOND;
  let dueMs = performance.now();
  for (let frame = 0; ; frame++) {
    client.CopyArea(texture, window, gc, (frame * PIXELS_PER_FRAME) % width, 0, 0, 0, width, height);
    if (busy) scatterPieces(screen, texture, window, gc);
    // One frame at a time: a press must not queue behind copies that a busy X server has not come to.
    await client.sync();
    // A process that was stopped goes on at its pace; it does not catch up.
    dueMs = Math.max(dueMs + frameMs, performance.now() - frameMs);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())));
  }
}

function scatterPieces({ client, width, height }: XConnection, texture: number, window: number, gc: number): void {
  const { pieces, size } = BUSY;
  const upTo = (most: number) => Math.floor(Math.random() * (most - size));
  for (let piece = 0; piece < pieces; piece++)
    client.CopyArea(texture, window, gc, upTo(2 * width), upTo(height), upTo(width), upTo(height), size, size);
}

/** Everything but the code region, as rectangles x, y, width, height in turn. */
export function aroundCodeRegion(width: number, height: number): number[] {
  const { x, y } = CODE_REGION;
  const [right, bottom] = [x + CODE_REGION.width, y + CODE_REGION.height];
  return [
    [0, 0, width, y],
    [0, y, x, CODE_REGION.height],
    [right, y, width - right, CODE_REGION.height],
    [0, bottom, width, height - bottom],
  ].flat();
}

/** Colour ramps under a lattice of tiles, as busy as a game's picture; repeats after `width` so that the scroll has no seam. */
function textureRows(width: number, top: number, count: number): Buffer {
  const pixels = new Uint32Array(2 * width * count);
  for (let row = 0, place = 0; row < count; row++) {
    const y = top + row;
    for (let column = 0; column < 2 * width; column++, place++) {
      const x = column % width;
      pixels[place] = (((x * 7 + y * 3) & 255) << 16) | (((x ^ y) & 255) << 8) | (((x >> 5) * (y >> 5) * 37) & 255);
    }
  }
  return Buffer.from(pixels.buffer);
}
