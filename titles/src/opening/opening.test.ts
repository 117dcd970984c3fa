import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectDisplay, readPixels, type XConnection } from '../stage/connection.ts';
import { startDisplay, type TestDisplay } from '../stage/display.ts';

const LONG_MS = 30_000;
const source = (path: string) => join(import.meta.dirname, '..', path);

/** A program with a small window, red until a key is pressed, blue from then on; SIGTERM makes it end with status 7. */
const PROGRAM = `
  import { connectDisplay } from ${JSON.stringify(source('stage/connection.ts'))};
  const { client, root } = await connectDisplay();
  client.on('error', () => {});
  const draw = (window, backgroundPixel) => {
    client.CreateWindow(window, root, 100, 100, 320, 200, 0, 0, 1, 0, { backgroundPixel, eventMask: client.eventMask.KeyPress });
    client.MapWindow(window);
    client.SetInputFocus(window, 1);
    void client.flush();
  };
  process.on('SIGTERM', () => process.exit(7));
  client.on('event', (event) => { if (event.name === 'KeyPress' && event.keycode === 36) draw(client.AllocID(), 0x0000ff); });
  draw(client.AllocID(), 0xff0000);
`;

let display: TestDisplay;
let screen: XConnection;
let opening: ChildProcess;

beforeEach(async () => {
  display = await startDisplay(640, 480);
  screen = await connectDisplay(display.name);
  screen.client.on('error', () => {});
}, LONG_MS);
afterEach(async () => {
  screen.client.terminate();
  await display.close();
});

function open(options: string[], program: string[] = [process.execPath, '--input-type=module', '-e', PROGRAM]): void {
  opening = spawn(process.execPath, [source('opening/opening.ts'), ...options, '--', ...program], {
    env: { PATH: '/usr/bin:/bin', DISPLAY: display.name },
    stdio: 'ignore',
  });
}

async function pixelBecomes(x: number, y: number, colour: number): Promise<void> {
  const until = performance.now() + 10_000;
  for (;;) {
    const seen = (await readPixels(screen, x, y, 1, 1)).readUInt32LE(0) & 0xffffff;
    if (seen === colour) return;
    if (performance.now() > until) throw new Error(`pixel is ${seen.toString(16)}, not ${colour.toString(16)}`);
    await sleep(5);
  }
}

it(
  'presses its way on once the window is there, fills every window, and ends as the program ends',
  async () => {
    open(['--fill', '--press=300:KeyA', '--press=300:Enter']);
    const exited = once(opening, 'exit');
    await pixelBecomes(639, 479, 0xff0000);
    await pixelBecomes(0, 0, 0x0000ff);
    await pixelBecomes(639, 479, 0x0000ff);
    opening.kill('SIGTERM');
    expect(await exited).toEqual([7, null]);
  },
  LONG_MS,
);

it(
  'leaves the window as it is unless told to fill',
  async () => {
    open(['--press=0:Enter']);
    const exited = once(opening, 'exit');
    await pixelBecomes(110, 110, 0x0000ff);
    await pixelBecomes(0, 0, 0);
    opening.kill('SIGTERM');
    await exited;
  },
  LONG_MS,
);

it(
  'fails as a shell does when the program cannot be started',
  async () => {
    open([], ['/nonexistent/game']);
    expect(await once(opening, 'exit')).toEqual([127, null]);
  },
  LONG_MS,
);
