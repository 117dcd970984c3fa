import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startXDisplay } from '../display/x-display.ts';
import { Injector } from '../inject/injector.ts';
import { cursorMessage } from '../inject/cursor-watch.ts';
import { FramebufferFile } from './framebuffer-file.ts';
import { ScreenCapture } from './screen-capture.ts';
import { XConnection } from './x-connection.ts';

const spec = { width: 640, height: 360, fps: 60 };
let folder: string;
let display: Awaited<ReturnType<typeof startXDisplay>>;
let x: XConnection;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kilat-capture-'));
  display = await startXDisplay(folder, spec, () => {});
  x = await XConnection.open(display.address, () => {});
});
afterAll(async () => {
  x.close();
  await display.stop();
  await rm(folder, { recursive: true });
});

/** Fills the root window with one colour through a second connection, as a title would. */
async function painter({ address } = display) {
  const other = await XConnection.open(address, () => {});
  const client = other.client as unknown as {
    AllocID(): number;
    CreateGC(gc: number, drawable: number, values: object): void;
    ChangeGC(gc: number, values: object): void;
    PolyFillRectangle(drawable: number, gc: number, rectangles: number[]): void;
  };
  const gc = client.AllocID();
  client.CreateGC(gc, other.root, { foreground: 0 });
  return {
    paint(colour: number, rectangle = [0, 0, spec.width, spec.height]) {
      client.ChangeGC(gc, { foreground: colour });
      client.PolyFillRectangle(other.root, gc, rectangle);
    },
    /** Once the server has done all of it. */
    drawn: () => other.barrier(),
    close: () => other.close(),
  };
}

test('the last captured frame is never stale: 300 changes at random moments', async () => {
  const framebuffer = new FramebufferFile(display.framebufferPath, spec.width);
  const pixels = Buffer.alloc(spec.width * spec.height * 4);
  const { paint, close } = await painter();
  let wanted = -1;
  let reached = Promise.withResolvers<void>();
  const capture = new ScreenCapture(
    x,
    framebuffer,
    pixels,
    spec.fps,
    async () => {
      if ((pixels.readUInt32LE(pixels.length - 4) & 0xffffff) === wanted) reached.resolve();
    },
    (error) => reached.reject(error),
  );
  await capture.start();
  capture.resume();
  let lost = 0;
  for (let change = 1; change <= 300; change++) {
    reached = Promise.withResolvers();
    wanted = (change * 0x010307) & 0xffffff;
    paint(wanted);
    const inTime = await Promise.race([reached.promise.then(() => true), setTimeout(1_000, false)]);
    if (!inTime) lost += 1;
    if (change % 3 === 0) await setTimeout(Math.random() * 20);
  }
  expect(lost).toBe(0);
  capture.pause();
  framebuffer.close();
  close();
});

test('only changed rows are read, and 200 small changes leave the same picture as the screen', async () => {
  const framebuffer = new FramebufferFile(display.framebufferPath, spec.width);
  const pixels = Buffer.alloc(spec.width * spec.height * 4);
  const { paint, close } = await painter();
  let rowsRead = 0;
  let captured = Promise.withResolvers<void>();
  const capture = new ScreenCapture(
    x,
    framebuffer,
    pixels,
    spec.fps,
    async ({ changed }) => {
      rowsRead += changed.reduce((sum, { top, bottom }) => sum + bottom - top, 0);
      captured.resolve();
    },
    (error) => captured.reject(error),
  );
  await capture.start();
  capture.resume();
  await captured.promise;
  expect(rowsRead).toBe(spec.height);
  for (let change = 0; change < 200; change++) {
    captured = Promise.withResolvers();
    paint(change * 0x030507, [(change * 37) % 600, (change * 53) % 340, 9, 7]);
    await captured.promise;
  }
  expect(rowsRead).toBeLessThan(spec.height + 200 * 24);
  const screen = Buffer.alloc(pixels.length);
  await framebuffer.read(screen, [{ top: 0, bottom: spec.height }]);
  expect(pixels.equals(screen)).toBe(true);
  capture.pause();
  framebuffer.close();
  close();
});

test('one change is one frame, and a still screen is none', async () => {
  const framebuffer = new FramebufferFile(display.framebufferPath, spec.width);
  let frames = 0;
  const capture = new ScreenCapture(
    x,
    framebuffer,
    Buffer.alloc(spec.width * spec.height * 4),
    60,
    async () => void frames++,
    () => {},
  );
  await capture.start();
  capture.resume();
  const settled = () => setTimeout(200);
  await settled();
  const { paint, close } = await painter();
  frames = 0;
  await settled();
  expect(frames).toBe(0);
  paint(0x123456);
  await settled();
  expect(frames).toBe(1);
  capture.refresh();
  await settled();
  expect(frames).toBe(2);
  capture.pause();
  framebuffer.close();
  close();
});

test('the injector moves the pointer absolutely and relatively, and lets go of what is held', async () => {
  const injector = new Injector(x, await x.extension('xtest'));
  const pointer = () =>
    new Promise<{ rootX: number; rootY: number; keyMask: number }>((resolve, reject) =>
      x.client.QueryPointer(x.root, (error, value) => (error ? reject(error) : resolve(value))),
    );
  injector.inject({ type: 'pointer', x: 32_768, y: 16_384 });
  expect(await pointer()).toMatchObject({ rootX: 320, rootY: 90 });
  injector.inject({ type: 'motion', dx: -20, dy: 5 });
  expect(await pointer()).toMatchObject({ rootX: 300, rootY: 95 });
  injector.inject({ type: 'pointer', x: 65_535, y: 65_535 });
  expect(await pointer()).toMatchObject({ rootX: 639, rootY: 359 });
  injector.inject({ type: 'key-down', key: 42 });
  injector.inject({ type: 'button-down', button: 0 });
  expect((await pointer()).keyMask & 0x101).toBe(0x101);
  injector.inject({ type: 'release-all' });
  expect((await pointer()).keyMask & 0x101).toBe(0);
});

test('pointer shapes become straight RGBA; an invisible one becomes none', () => {
  const image = (bytes: number[]) => ({ width: 1, height: 1, xhot: 0, yhot: 0, cursorImage: Buffer.from(bytes) });
  expect(cursorMessage(image([0x20, 0x40, 0x80, 0x80])).image?.rgba).toBe(
    Buffer.from([255, 128, 64, 128]).toString('base64'),
  );
  expect(cursorMessage(image([0, 0, 0, 0])).image).toBeNull();
});

test('a large picture that is copied to the screen in parts is captured whole: 100 pictures', async () => {
  const large = { width: 1280, height: 1024, fps: 60 };
  const home = await mkdtemp(join(tmpdir(), 'kilat-capture-'));
  const server = await startXDisplay(home, large, () => {});
  const connection = await XConnection.open(server.address, () => {});
  const title = await painter(server);
  const framebuffer = new FramebufferFile(server.framebufferPath, large.width);
  const pixels = Buffer.alloc(large.width * large.height * 4);
  const last = pixels.length - 4;
  const half = large.height / 2;
  let torn = 0;
  let wanted = 0;
  let reached = Promise.withResolvers<void>();
  const capture = new ScreenCapture(
    connection,
    framebuffer,
    pixels,
    large.fps,
    async () => {
      const [top, bottom] = [pixels.readUInt32LE(0), pixels.readUInt32LE(last)];
      if (top !== bottom) torn += 1;
      if ((bottom & 0xffffff) === wanted) reached.resolve();
    },
    (error) => reached.reject(error),
  );
  await capture.start();
  capture.resume();
  await reached.promise;
  let inTime = 0;
  for (let picture = 1; picture <= 100; picture++) {
    // The next frame's slot has come: it is captured at once.
    await setTimeout(20);
    reached = Promise.withResolvers();
    const [tornBefore, beganMs] = [torn, performance.now()];
    wanted = (picture * 0x010307) & 0xffffff;
    title.paint(wanted, [0, 0, large.width, half]);
    // The server has drawn the upper part before it hears of the lower.
    await title.drawn();
    title.paint(wanted, [0, half, large.width, half]);
    await title.drawn();
    // A driver takes about 1 ms from part to part; this process may be kept waiting.
    const wasQuick = performance.now() - beganMs < 2;
    await reached.promise;
    if (wasQuick) inTime += 1;
    else torn = tornBefore;
  }
  expect(torn).toBe(0);
  expect(inTime).toBeGreaterThan(0);
  // What is as wide as the screen and stays alone is not waited for long.
  reached = Promise.withResolvers();
  const onceMore = wanted;
  title.paint(0x123456, [0, 0, large.width, 20]);
  wanted = onceMore;
  await reached.promise;
  expect(pixels.readUInt32LE(0) & 0xffffff).toBe(0x123456);
  capture.pause();
  framebuffer.close();
  title.close();
  connection.close();
  await server.stop();
  await rm(home, { recursive: true });
});
