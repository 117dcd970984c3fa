import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { LINUX_KEY_CODES, X_KEYCODE_OFFSET } from '@kilat/shared/input/keys';
import { connectDisplay, requireXTest, type XConnection } from '../stage/connection.ts';
import { type Press, parsePress } from './steps.ts';

// Runs a program that cannot be told on its command line to begin: presses its way through the menu, and with --fill
// makes its window as large as the display, as a window manager would. The program's end is this one's.

const HOLD_MS = 60;

const { values: options, positionals } = parseArgs({
  options: { fill: { type: 'boolean' }, press: { type: 'string', multiple: true } },
  allowPositionals: true,
});
const [command, ...args] = positionals;
if (command === undefined)
  throw new Error('usage: opening.ts [--fill] [--press <ms>:<key> …] -- <program> [arguments]');
const presses = (options.press ?? []).map(parsePress);

const screen = await connectDisplay();
// Without the display the program ends by itself, and this one with it.
screen.client.on('error', () => {});
const appeared = windowAppears(screen, options.fill === true);
const program = spawn(command, args, { stdio: 'inherit' });
program.on('error', (error) => {
  console.error(`${command} cannot be started: ${error.message}`);
  process.exit(127);
});
program.on('exit', (code, signal) => process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => program.kill(signal));

await appeared;
await pressAll(screen, presses);
// A window that comes later is filled too; otherwise nothing is left to do but to wait.
if (options.fill !== true) screen.client.terminate();

/** Resolves when the first window is mapped; fills every one if asked. */
function windowAppears({ client, root, width, height }: XConnection, fill: boolean): Promise<void> {
  client.ChangeWindowAttributes(root, { eventMask: client.eventMask.SubstructureNotify });
  return new Promise((resolve) => {
    client.on('event', (event) => {
      if (event.name !== 'MapNotify') return;
      if (fill) {
        client.ConfigureWindow(event.wid, { x: 0, y: 0, width, height });
        void client.flush();
      }
      resolve();
    });
  });
}

async function pressAll({ client }: XConnection, presses: Press[]): Promise<void> {
  const xtest = await requireXTest(client);
  for (const { afterMs, key } of presses) {
    await sleep(afterMs);
    const keycode = LINUX_KEY_CODES[key] + X_KEYCODE_OFFSET;
    xtest.FakeInput(xtest.KeyPress, keycode, 0, 0, 0, 0);
    await client.flush();
    await sleep(HOLD_MS);
    xtest.FakeInput(xtest.KeyRelease, keycode, 0, 0, 0, 0);
    await client.flush();
  }
}
