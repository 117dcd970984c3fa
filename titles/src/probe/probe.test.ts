import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LINUX_KEY_CODES, X_KEYCODE_OFFSET } from '@kilat/shared/input/keys';
import {
  nextProbeState,
  PROBE_CODE,
  PROBE_FLIP,
  PROBE_START,
  type ProbeState,
  readProbeCells,
} from '@kilat/shared/title/probe-code';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { XTest } from 'x11';
import { connectDisplay, readPixels, requireXTest, type XConnection } from '../stage/connection.ts';
import { startDisplay, type TestDisplay } from '../stage/display.ts';
import { startSilentSound } from '../stage/sound.ts';

const LONG_MS = 60_000;
const A = LINUX_KEY_CODES.KeyA;
let display: TestDisplay;
let screen: XConnection;
let xtest: XTest;
let probe: ChildProcess | undefined;

beforeEach(async () => {
  display = await startDisplay(1280, 720);
  screen = await connectDisplay(display.name);
  screen.client.on('error', () => {});
  xtest = await requireXTest(screen.client);
}, LONG_MS);
afterEach(async () => {
  if (probe !== undefined && probe.exitCode === null && probe.signalCode === null) {
    probe.kill('SIGKILL');
    await once(probe, 'exit');
  }
  screen.client.terminate();
  await display.close();
});

async function startProbe(args: string[], env: Record<string, string> = {}): Promise<void> {
  probe = spawn(process.execPath, [join(import.meta.dirname, 'probe.ts'), ...args], {
    env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', DISPLAY: display.name, ...env },
    stdio: 'inherit',
  });
  await shown(PROBE_START);
}

/** What the screen says now: cells and flip patch must agree with each other. */
async function readState(): Promise<ProbeState | undefined> {
  const { x, y, cell, columns, rows } = PROBE_CODE;
  const width = PROBE_FLIP.x + PROBE_FLIP.width - x;
  const pixels = await readPixels(screen, x, y, width, rows * cell);
  const white = (column: number, row: number) => pixels.readUInt8((row * width + column) * 4 + 1) > 127;
  const cells = Array.from({ length: columns * rows }, (_, place) =>
    white((place % columns) * cell + cell / 2, Math.floor(place / columns) * cell + cell / 2),
  );
  const state = readProbeCells(cells);
  if (state !== undefined) expect(white(PROBE_FLIP.x - x + 60, 72)).toBe(state.number % 2 === 1);
  return state;
}

/** Resolves once the screen shows this state; a torn picture on the way fails once a first one was there. */
async function shown(wanted: ProbeState): Promise<void> {
  const until = performance.now() + 10_000;
  for (;;) {
    const state = await readState();
    if (wanted.number > 0) expect(state).toBeDefined();
    if (state?.number === wanted.number && state.hash === wanted.hash) return;
    if (performance.now() > until) throw new Error(`shown ${JSON.stringify(state)}, wanted ${JSON.stringify(wanted)}`);
    await sleep(1);
  }
}

async function tap(press: number, release: number, detail: number): Promise<void> {
  xtest.FakeInput(press, detail, 0, 0, 0, 0);
  xtest.FakeInput(release, detail, 0, 0, 0, 0);
  await screen.client.flush();
}
const tapKey = (code: number) => tap(xtest.KeyPress, xtest.KeyRelease, code + X_KEYCODE_OFFSET);

describe.each([
  ['still', []],
  ['moving', ['--moving']],
])('the %s probe', (_, args) => {
  it(
    'answers each of 200 presses with its own picture, never a torn one',
    async () => {
      await startProbe(args);
      const codes = Object.values(LINUX_KEY_CODES);
      let state = PROBE_START;
      for (let press = 0; press < 200; press++) {
        const code = codes[Math.floor(Math.random() * codes.length)] as number;
        state = nextProbeState(state, code);
        await tapKey(code);
        await shown(state);
      }
    },
    LONG_MS,
  );

  it(
    'counts presses that come in one burst',
    async () => {
      await startProbe(args);
      let state = PROBE_START;
      for (let press = 0; press < 50; press++) {
        state = nextProbeState(state, A);
        void tapKey(A);
      }
      await shown(state);
    },
    LONG_MS,
  );
});

describe('the probe', () => {
  it(
    'counts left, middle and right button, and no wheel',
    async () => {
      await startProbe([]);
      let state = PROBE_START;
      for (const [button, code] of [
        [1, 0x110],
        [2, 0x111],
        [3, 0x112],
      ] as const) {
        await tap(xtest.ButtonPress, xtest.ButtonRelease, 4);
        await tap(xtest.ButtonPress, xtest.ButtonRelease, button);
        state = nextProbeState(state, code);
        await shown(state);
      }
    },
    LONG_MS,
  );

  it(
    'counts a held key once',
    async () => {
      await startProbe([]);
      xtest.FakeInput(xtest.KeyPress, A + X_KEYCODE_OFFSET, 0, 0, 0, 0);
      await screen.client.flush();
      const once = nextProbeState(PROBE_START, A);
      await shown(once);
      // Longer than X's 660 ms until a held key repeats.
      await sleep(1_000);
      expect(await readState()).toEqual(once);
      xtest.FakeInput(xtest.KeyRelease, A + X_KEYCODE_OFFSET, 0, 0, 0, 0);
      await tapKey(A);
      await shown(nextProbeState(once, A));
    },
    LONG_MS,
  );

  it(
    'moves its background everywhere but around the code',
    async () => {
      await startProbe(['--moving']);
      await shown(PROBE_START);
      const corner = () => readPixels(screen, 0, 0, 64, 32);
      const first = await corner();
      const until = performance.now() + 5_000;
      while ((await corner()).equals(first) && performance.now() < until) await sleep(5);
      expect((await corner()).equals(first)).toBe(false);
      expect((await readPixels(screen, 49, 49, 10, 10)).every((byte, place) => place % 4 === 3 || byte === 0)).toBe(
        true,
      );
    },
    LONG_MS,
  );

  it(
    'ends with its display',
    async () => {
      await startProbe(['--moving']);
      const exited = once(probe as ChildProcess, 'exit');
      await display.close();
      expect(await exited).toEqual([0, null]);
    },
    LONG_MS,
  );

  it(
    'sounds a click with the picture',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'kilat-click-'));
      const heard = join(folder, 'heard.sock');
      const sound = await startSilentSound(folder, [
        `module-simple-protocol-unix record=true playback=false source=silence.monitor rate=48000 channels=2 format=s16le socket=${heard}`,
      ]);
      const ear = connect(heard);
      onTestFinished(async () => {
        ear.destroy();
        await sound.close();
        await rm(folder, { recursive: true, force: true });
      });
      await once(ear, 'connect');
      await startProbe(['--click'], { PULSE_SERVER: sound.address });
      await tapKey(A);
      for await (const samples of ear as AsyncIterable<Buffer>) {
        if (samples.some((byte, place) => place % 2 === 1 && Math.abs((byte << 24) >> 24) > 32)) return;
      }
      throw new Error('nothing was heard');
    },
    LONG_MS,
  );
});
