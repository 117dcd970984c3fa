import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PAD_AT_REST, padButtonBit, type PadState } from '@kilat/shared/input/gamepad';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RECORD_BYTES } from './evdev.ts';
import { Gamepads } from './gamepads.ts';
import { PadPace, STATES_PER_SECOND } from './pad-pace.ts';
import { plugShimPad } from './shim-pad.ts';
import { CannotPlugError, type Rumble } from './virtual-pad.ts';

const EV_KEY = 1;
const EV_ABS = 3;
const EV_FF = 0x15;
const FF_UPLOAD = 0x100;
const ABS_X = 0;
const BTN_SOUTH = 0x130;

/** The title's end of a pad: opens its node and follows it, as the shim does. */
class OpenPad {
  readonly records: { type: number; code: number; value: number }[] = [];
  readonly #socket: Socket;
  #rest = Buffer.alloc(0);
  #look = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#rest = Buffer.concat([this.#rest, chunk]);
      for (; this.#rest.length >= RECORD_BYTES; this.#rest = this.#rest.subarray(RECORD_BYTES)) {
        const [type, code] = [this.#rest.readUInt16LE(16), this.#rest.readUInt16LE(18)];
        this.records.push({ type, code, value: this.#rest.readInt32LE(20) });
      }
      this.#look();
    });
  }

  static async open(path: string): Promise<OpenPad> {
    const socket = connect(path);
    await once(socket, 'connect');
    return new OpenPad(socket);
  }

  get gone(): Promise<unknown> {
    return once(this.#socket, 'close');
  }

  /** Resolves when such a record has come. */
  async told(type: number, code: number, value: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#look = () => {
        if (this.records.some((record) => record.type === type && record.code === code && record.value === value))
          resolve();
      };
      this.#look();
    });
  }

  write(type: number, code: number, value: number, lengthMs = 0): void {
    const record = Buffer.alloc(RECORD_BYTES);
    record.writeBigInt64LE(BigInt(lengthMs), 0);
    record.writeUInt16LE(type, 16);
    record.writeUInt16LE(code, 18);
    record.writeInt32LE(value | 0, 20);
    this.#socket.write(record);
  }

  close(): void {
    this.#socket.destroy();
  }
}

let folder: string;
let gamepads: Gamepads;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kilat-pads-'));
  gamepads = new Gamepads(folder, plugShimPad);
});
afterEach(async () => {
  await gamepads.close();
  await rm(folder, { recursive: true });
});

const show = (pad: number, state: Partial<PadState>) =>
  gamepads.take({ type: 'gamepad', pad, state: { ...PAD_AT_REST, ...state } });

/** Opens a pad once it is plugged in. */
async function open(pad: number): Promise<OpenPad> {
  const path = join(folder, `event${pad}`);
  while (!existsSync(path)) await new Promise((resolve) => setImmediate(resolve));
  return OpenPad.open(path);
}

test('a pad is plugged in by its first state, pulled out when it goes, and its place is free again', async () => {
  expect(await readdir(folder)).toEqual([]);
  show(1, { leftX: 5 });
  const pad = await open(1);
  await pad.told(EV_ABS, ABS_X, 5);
  gamepads.take({ type: 'gamepad-unplugged', pad: 1 });
  await pad.told(EV_ABS, ABS_X, 0);
  await pad.gone;
  show(1, { leftX: 7 });
  await (await open(1)).told(EV_ABS, ABS_X, 7);
});

test('a pad that is there from the start stays when the player’s goes, at rest', async () => {
  gamepads = new Gamepads(folder, plugShimPad, 2);
  await gamepads.plugFirst();
  expect((await readdir(folder)).sort()).toEqual(['event0', 'event1']);
  show(0, { buttons: padButtonBit('south') });
  const pad = await open(0);
  await pad.told(EV_KEY, BTN_SOUTH, 1);
  gamepads.take({ type: 'gamepad-unplugged', pad: 0 });
  await pad.told(EV_KEY, BTN_SOUTH, 0);
  expect(existsSync(join(folder, 'event0'))).toBe(true);
});

test('everything is let go when the player’s input is', async () => {
  show(0, { buttons: padButtonBit('south'), leftX: -3 });
  const pad = await open(0);
  await pad.told(EV_KEY, BTN_SOUTH, 1);
  gamepads.rest();
  await pad.told(EV_KEY, BTN_SOUTH, 0);
  await pad.told(EV_ABS, ABS_X, 0);
});

test('a pad that floods is thinned and counted, and its last state arrives', async () => {
  show(0, {});
  const pad = await open(0);
  for (let step = 1; step <= 10_000; step++) show(0, { leftX: step });
  await pad.told(EV_ABS, ABS_X, 10_000);
  expect(gamepads.thinned).toBeGreaterThan(9_000);
  expect(pad.records.length).toBeLessThan(500);
});

test('rumble of a title that plays it too often is thinned, and its last word arrives', async () => {
  const heard: Rumble[] = [];
  const quiet = Promise.withResolvers<void>();
  gamepads.listen({
    rumble: (_, rumble) => {
      heard.push(rumble);
      if (rumble.strong === 0) quiet.resolve();
    },
    trouble: () => {},
  });
  show(0, {});
  const pad = await open(0);
  for (let step = 1; step <= 1_000; step++) {
    pad.write(FF_UPLOAD, 0, (step << 16) | 1, 400);
    pad.write(EV_FF, 0, 1);
  }
  pad.write(EV_FF, 0, 0);
  await quiet.promise;
  expect(heard.length).toBeLessThan(200);
  expect(heard[0]).toMatchObject({ durationMs: 400 });
});

test('a title that ends while it shakes a pad leaves it still', async () => {
  const shaken = Promise.withResolvers<void>();
  const still = Promise.withResolvers<void>();
  gamepads.listen({
    rumble: (_, { strong }) => (strong > 0 ? shaken.resolve() : still.resolve()),
    trouble: () => {},
  });
  show(0, {});
  const pad = await open(0);
  pad.write(FF_UPLOAD, 3, 0xffff0000, 0);
  pad.write(EV_FF, 3, 1);
  await shaken.promise;
  pad.close();
  await still.promise;
});

test('a pad that cannot be plugged in is told once, and tried again when it comes anew', async () => {
  const troubles: Error[] = [];
  let tries = 0;
  const second = Promise.withResolvers<void>();
  gamepads = new Gamepads(folder, (place) => {
    tries += 1;
    if (tries === 2) second.resolve();
    return tries === 1 ? Promise.reject(new CannotPlugError('no-device', 'no luck')) : plugShimPad(place);
  });
  const told = Promise.withResolvers<void>();
  gamepads.listen({
    rumble: () => {},
    trouble: (_, error) => {
      troubles.push(error);
      told.resolve();
    },
  });
  show(0, { leftX: 1 });
  await told.promise;
  show(0, { leftX: 2 });
  gamepads.take({ type: 'gamepad-unplugged', pad: 0 });
  show(0, { leftX: 3 });
  await second.promise;
  await (await open(0)).told(EV_ABS, ABS_X, 3);
  expect([tries, troubles.length]).toEqual([2, 1]);
});

test('the pace lets a second’s worth through in a second, and makes plugging dear', () => {
  const pace = new PadPace(0);
  let passed = 0;
  for (let ms = 0; ms < 1_000; ms += 0.25) if (pace.wait('show', ms) === 0) passed += 1;
  expect(passed).toBeGreaterThanOrEqual(STATES_PER_SECOND);
  expect(passed).toBeLessThan(STATES_PER_SECOND * 1.3);
  const plugs = new PadPace(0);
  expect([plugs.wait('plug', 0), plugs.wait('unplug', 0)]).toEqual([0, 0]);
  expect(plugs.wait('plug', 0)).toBe(100);
});
