import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startXDisplay, type XDisplay } from '../../display/x-display.ts';
import type { ScreenReader, ScreenReaderKind } from '../screen-reader.ts';
import { XConnection } from '../x-connection.ts';

const spec = { width: 640, height: 360, fps: 60 };
const BYTES = spec.width * spec.height * 4;
type Open = (x: XConnection, display: XDisplay) => Promise<ScreenReader>;
const WHOLE = [{ top: 0, bottom: spec.height }];

/** What every way to read a screen does, on a real X server. */
export function screenReaderContract(kind: ScreenReaderKind, open: Open): void {
  describe(`screen reader ${kind}`, () => {
    let folder: string;
    let display: XDisplay;
    let x: XConnection;
    let title: Awaited<ReturnType<typeof painter>>;
    let reader: ScreenReader;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'kilat-reader-'));
      display = await startXDisplay(folder, spec, () => {});
      x = await XConnection.open(display.address, () => {});
      title = await painter(display);
      reader = await open(x, display);
    });
    afterAll(async () => {
      reader.close();
      title.close();
      x.close();
      await display.stop();
      await rm(folder, { recursive: true });
    });

    test('is what it says it is', () => expect(reader.kind).toBe(kind));

    test('every pixel is where it was drawn, in its colour', async () => {
      title.fill(0x102030, 0, 0, spec.width, spec.height);
      title.fill(0xff0000, 0, 0, 1, 1);
      title.fill(0x00ff00, spec.width - 1, 0, 1, 1);
      title.fill(0x0000ff, spec.width - 1, spec.height - 1, 1, 1);
      title.fill(0xabcdef, 100, 200, 30, 40);
      await title.drawn();
      const pixels = Buffer.alloc(BYTES);
      await reader.read(pixels, WHOLE);
      const at = (column: number, row: number) => pixels.readUInt32LE((row * spec.width + column) * 4) & 0xffffff;
      expect([at(0, 0), at(1, 0), at(spec.width - 1, 0), at(spec.width - 1, spec.height - 1)]).toEqual([
        0xff0000, 0x102030, 0x00ff00, 0x0000ff,
      ]);
      expect([at(99, 200), at(100, 200), at(129, 239), at(130, 239)]).toEqual([0x102030, 0xabcdef, 0xabcdef, 0x102030]);
    });

    test('what was drawn before is in the picture: 200 changes in a row', async () => {
      const pixels = Buffer.alloc(BYTES);
      for (let change = 1; change <= 200; change++) {
        const colour = (change * 0x030507) & 0xffffff;
        title.fill(colour, 0, 0, spec.width, spec.height);
        await title.drawn();
        await reader.read(pixels, WHOLE);
        expect(pixels.readUInt32LE(0) & 0xffffff).toBe(colour);
        expect(pixels.readUInt32LE(BYTES - 4) & 0xffffff).toBe(colour);
      }
    });

    test('only the rows that were asked for are touched', async () => {
      title.fill(0x445566, 0, 0, spec.width, spec.height);
      await title.drawn();
      const pixels = Buffer.alloc(BYTES, 0xee);
      await reader.read(pixels, []);
      await reader.read(pixels, [
        { top: 10, bottom: 12 },
        { top: 358, bottom: 360 },
      ]);
      const touched = Array.from({ length: spec.height }, (_, row) => row).filter(
        (row) => (pixels.readUInt32LE(row * spec.width * 4) & 0xffffff) === 0x445566,
      );
      expect(touched).toEqual([10, 11, 358, 359]);
      expect(pixels.readUInt32LE(12 * spec.width * 4 - 4) & 0xffffff).toBe(0x445566);
    });

    test('closing twice is closing once, and the connection lives on', async () => {
      const other = await open(x, display);
      other.close();
      other.close();
      await reader.read(Buffer.alloc(BYTES), WHOLE);
    });
  });
}

/** Draws on the root window through a connection of its own, as a title would. */
export async function painter(display: XDisplay) {
  const x = await XConnection.open(display.address, () => {});
  const client = x.client as unknown as {
    AllocID(): number;
    CreateGC(gc: number, drawable: number, values: object): void;
    ChangeGC(gc: number, values: object): void;
    PolyFillRectangle(drawable: number, gc: number, rectangles: number[]): void;
  };
  const gc = client.AllocID();
  client.CreateGC(gc, x.root, { foreground: 0 });
  return {
    fill(colour: number, left: number, top: number, width: number, height: number) {
      client.ChangeGC(gc, { foreground: colour });
      client.PolyFillRectangle(x.root, gc, [left, top, width, height]);
    },
    /** Resolves when the server has drawn it all. */
    drawn: () =>
      new Promise<void>((resolve, reject) => {
        x.client.QueryPointer(x.root, (error) => (error ? reject(error) : resolve()));
      }),
    close: () => x.close(),
  };
}
