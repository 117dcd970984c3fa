import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PAD_AT_REST, PAD_BUTTONS, type PadButton, padButtonBit, type PadState } from '@kilat/shared/input/gamepad';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildNativeParts, lacksSdl2 } from '../../testing/native-parts.ts';
import { PadField } from '../../testing/pad-field.ts';
import { plugShimPad } from './shim-pad.ts';
import { hasUinput, titleGamepads } from './title-gamepads.ts';
import { uinputPads } from './uinput-pad.ts';
import type { PlugPad, Rumble, VirtualPad } from './virtual-pad.ts';

// One contract for every way to give a title a gamepad, read back through a real SDL2.

const SDL_BUTTON: Partial<Record<PadButton, number>> = {
  south: 0,
  east: 1,
  west: 2,
  north: 3,
  back: 4,
  guide: 5,
  start: 6,
  'left-stick': 7,
  'right-stick': 8,
  'left-shoulder': 9,
  'right-shoulder': 10,
  up: 11,
  down: 12,
  left: 13,
  right: 14,
};

const noSdl2 = lacksSdl2();
const ways = [
  { name: 'preload shim', plugBy: () => plugShimPad as PlugPad, lacks: noSdl2 },
  {
    name: 'uinput',
    plugBy: (native: string) => uinputPads(join(native, 'uinput-pad')),
    lacks: noSdl2 ?? (hasUinput() ? undefined : 'this machine has no /dev/uinput that may be written'),
  },
];

let native: string;
beforeAll(async () => {
  if (noSdl2 === undefined) native = await buildNativeParts('pad-shim.so', 'uinput-pad', 'pad-field');
});
afterAll(async () => {
  if (native !== undefined) await rm(native, { recursive: true });
});

describe.each(ways)('$name', ({ plugBy, lacks }) => {
  const testHere = (name: string, run: () => Promise<void>) =>
    test(name, async (context) => {
      context.skip(lacks !== undefined, lacks);
      await run();
    });
  let folder: string;
  let field: PadField;
  const pads: VirtualPad[] = [];
  const rumbles: Rumble[] = [];
  let rumbled = Promise.withResolvers<void>();

  beforeEach(async () => {
    if (lacks !== undefined) return;
    folder = await mkdtemp(join(tmpdir(), 'kilat-pads-'));
    field = await startField();
    await field.line(/^ready/);
  });
  afterEach(async () => {
    if (lacks !== undefined) return;
    await Promise.all(pads.splice(0).map((pad) => pad.close()));
    await field.stop();
    await rm(folder, { recursive: true });
    rumbles.length = 0;
    rumbled = Promise.withResolvers();
  });

  async function startField(): Promise<PadField> {
    const given = await titleGamepads({ input: ['gamepad'], gamepadsFromStart: 0 }, folder, native, true);
    return new PadField(join(native, 'pad-field'), [], given?.env ?? {});
  }
  const input = () => join(folder, 'gamepads', 'input');
  async function plug(pad: number): Promise<{ virtual: VirtualPad; id: string }> {
    const from = field.lines.length;
    const virtual = await plugBy(native)({
      folder: input(),
      pad,
      onRumble: (rumble) => {
        rumbles.push(rumble);
        rumbled.resolve();
      },
      onLost: () => {},
    });
    pads.push(virtual);
    const [, id = '', name] = await field.line(/^added (\d+) (.*)/, from);
    expect(name).toMatch(/^X.*360/);
    return { virtual, id };
  }

  testHere('every button arrives as itself, down and up', async () => {
    const { virtual, id } = await plug(0);
    for (const button of PAD_BUTTONS) {
      const from = field.lines.length;
      virtual.show({ ...PAD_AT_REST, buttons: padButtonBit(button) });
      await field.line(new RegExp(`^button ${id} ${SDL_BUTTON[button]} 1 `), from);
      virtual.show(PAD_AT_REST);
      await field.line(new RegExp(`^button ${id} ${SDL_BUTTON[button]} 0 `), from);
    }
    const buttons = field.lines.filter((line) => line.startsWith('button'));
    expect(buttons).toHaveLength(2 * PAD_BUTTONS.length);
  });

  testHere('sticks and triggers arrive exactly, from end to end', async () => {
    const { virtual, id } = await plug(0);
    const axes: [keyof PadState, number, number, number][] = [
      ['leftX', 0, 32_767, 32_767],
      ['leftY', 1, -32_768, -32_768],
      ['rightX', 2, -12_345, -12_345],
      ['rightY', 3, 20_000, 20_000],
      ['leftTrigger', 4, 255, 32_767],
      ['rightTrigger', 5, 255, 32_767],
    ];
    for (const [part, axis, value, sdl] of axes) {
      virtual.show({ ...PAD_AT_REST, [part]: value });
      await field.line(new RegExp(`^axis ${id} ${axis} ${sdl} `));
      const from = field.lines.length;
      virtual.show(PAD_AT_REST);
      await field.line(new RegExp(`^axis ${id} ${axis} 0 `), from);
    }
  });

  testHere('four pads are four, and each moves alone', async () => {
    const four = [await plug(0), await plug(1), await plug(2), await plug(3)];
    expect(new Set(four.map(({ id }) => id)).size).toBe(4);
    for (const { virtual, id } of four) {
      const from = field.lines.length;
      virtual.show({ ...PAD_AT_REST, buttons: padButtonBit('south') });
      await field.line(new RegExp(`^button ${id} 0 1 `), from);
    }
    expect(field.lines.filter((line) => /^button \d+ 0 1 /.test(line))).toHaveLength(4);
  });

  testHere('what is held when the title comes, it is told; what is held when the pad goes, is let go', async () => {
    await field.stop();
    const virtual = await plugBy(native)({ folder: input(), pad: 0, onRumble: () => {}, onLost: () => {} });
    pads.push(virtual);
    virtual.show({ ...PAD_AT_REST, buttons: padButtonBit('start'), leftX: 9_000 });
    field = await startField();
    await field.line(/^button \d+ 6 1 /);
    await field.line(/^axis \d+ 0 9000 /);
    await virtual.close();
    await field.line(/^button \d+ 6 0 /);
    await field.line(/^removed /);
    expect(await readdir(input())).toEqual([]);
  });

  testHere('a pad that is pulled out can be plugged in again', async () => {
    const { virtual } = await plug(2);
    await virtual.close();
    await field.line(/^removed /);
    const { virtual: again, id } = await plug(2);
    again.show({ ...PAD_AT_REST, buttons: padButtonBit('west') });
    await field.line(new RegExp(`^button ${id} 2 1 `));
  });

  testHere('rumble comes back with its motors and length, and can be stopped', async () => {
    const { virtual } = await plug(0);
    virtual.show({ ...PAD_AT_REST, buttons: padButtonBit('south') });
    await rumbled.promise;
    expect(rumbles[0]?.strong).toBeCloseTo(1, 3);
    expect(rumbles[0]?.weak).toBeCloseTo(0.25, 3);
    // SDL asks for the longest the kernel takes and stops it itself.
    expect(rumbles[0]?.durationMs).toBeGreaterThanOrEqual(300);
    rumbled = Promise.withResolvers();
    virtual.show({ ...PAD_AT_REST, buttons: padButtonBit('east') });
    await rumbled.promise;
    expect(rumbles.at(-1)).toMatchObject({ strong: 0, weak: 0 });
  });

  testHere('a title that stops reading for a while finds the newest state, not a backlog', async () => {
    const { virtual, id } = await plug(0);
    process.kill(field.pid, 'SIGSTOP');
    const states = 20_000;
    for (let step = 1; step <= states; step++) virtual.show({ ...PAD_AT_REST, leftX: step });
    process.kill(field.pid, 'SIGCONT');
    await field.line(new RegExp(`^axis ${id} 0 ${states} `));
    expect(field.lines.filter((line) => line.startsWith('axis')).length).toBeLessThan(states / 4);
  });
});

test('the preload shim works in a sandbox that shows the title nothing but its gamepads, read-only', async (context) => {
  const noBubblewrap = existsSync('/usr/bin/bwrap') ? undefined : 'bubblewrap is not installed';
  context.skip((noSdl2 ?? noBubblewrap) !== undefined, noSdl2 ?? noBubblewrap);
  const folder = await mkdtemp(join(tmpdir(), 'kilat-pads-'));
  const given = await titleGamepads({ input: ['gamepad'], gamepadsFromStart: 0 }, folder, native, true);
  const own = join(folder, 'gamepads');
  const system = ['/usr', '/lib', '/lib64', '/etc', native].flatMap((path) => ['--ro-bind', path, path]);
  const field = new PadField(
    'bwrap',
    [
      '--unshare-all',
      '--die-with-parent',
      '--dev',
      '/dev',
      ...system,
      '--ro-bind',
      own,
      own,
      join(native, 'pad-field'),
    ],
    given?.env ?? {},
  );
  await field.line(/^ready/);
  const pad = await plugShimPad({ folder: join(own, 'input'), pad: 0, onRumble: () => {}, onLost: () => {} });
  const [, id] = await field.line(/^added (\d+) /);
  pad.show({ ...PAD_AT_REST, leftX: 4_321 });
  await field.line(new RegExp(`^axis ${id} 0 4321 `));
  await pad.close();
  await field.line(/^removed /);
  await field.stop();
  await rm(folder, { recursive: true });
});
