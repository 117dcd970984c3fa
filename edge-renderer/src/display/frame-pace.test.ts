import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inAll } from '../container/title-addition.ts';
import { findProgram } from '../process/find-program.ts';
import { buildNativeParts, lacksSdl2 } from '../testing/native-parts.ts';
import { framePace } from './frame-pace.ts';
import { startXDisplay, type XDisplay } from './x-display.ts';

const run = promisify(execFile);
const FRAMES = 30;
const FPS = 75;
const noSdl2 = lacksSdl2();
const noGlxgears =
  findProgram('glxgears', process.env.PATH ?? '') === undefined ? 'glxgears is not installed (mesa-utils)' : undefined;

/** Another library that comes between a program and its swaps, as overlays do. */
const HOOK = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
void glXSwapBuffers(void *display, unsigned long drawable) {
  void (*next)(void *, unsigned long) = (void (*)(void *, unsigned long))dlsym(RTLD_NEXT, "glXSwapBuffers");
  next(display, drawable);
  write(1, ".", 1);
}
`;

let folder: string;
let native: string;
let display: XDisplay;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kilat-pace-'));
  native = await buildNativeParts('frame-pace.so', ...(noSdl2 === undefined ? (['gl-field'] as const) : []));
  display = await startXDisplay(folder, { width: 320, height: 240, fps: 60 }, () => {});
});
afterAll(async () => {
  await display.stop();
  await Promise.all([folder, native].map((path) => rm(path, { recursive: true })));
});

/** Environment of a program on the display. */
const onDisplay = (added: Record<string, string> = {}) => ({
  ...{ PATH: process.env.PATH ?? '', HOME: folder, SDL_VIDEODRIVER: 'x11' },
  ...{ DISPLAY: display.address.display, XAUTHORITY: display.xauthorityPath },
  ...added,
});

test('a game that loads OpenGL itself, as SDL does, is held to the rate, and is quicker without', async (context) => {
  context.skip(noSdl2 !== undefined, noSdl2);
  const { env } = await framePace(folder, native, FPS);
  const tookMs = async (added?: Record<string, string>) =>
    Number((await run(join(native, 'gl-field'), [String(FRAMES)], { env: onDisplay(added) })).stdout) / 1000;
  const paced = await tookMs(env);
  // Its first frame, before they are counted, begins the pace.
  expect(paced).toBeGreaterThan(((FRAMES - 1) * 1000) / FPS);
  expect(await tookMs()).toBeLessThan(paced);
});

test('a library that looks for the next function after itself finds that one, not ours again', async (context) => {
  context.skip(noGlxgears !== undefined, noGlxgears);
  const hook = join(folder, 'hook.so');
  const compiling = run('gcc', ['-shared', '-fPIC', '-x', 'c', '-o', hook, '-', '-ldl']);
  compiling.child.stdin?.end(HOOK);
  await compiling;
  const { env } = await framePace(folder, native, FPS);
  const gears = spawn('glxgears', { env: onDisplay({ ...env, LD_PRELOAD: `${env.LD_PRELOAD}:${hook}` }) });
  for (let swaps = 0; swaps < 10; ) swaps += ((await once(gears.stdout, 'data')) as [Buffer])[0].length;
  expect([gears.exitCode, gears.signalCode]).toEqual([null, null]);
  gears.kill('SIGKILL');
});

test('a program that is linked to OpenGL is held to the rate', async (context) => {
  context.skip(noGlxgears !== undefined, noGlxgears);
  const { env } = await framePace(folder, native, FPS);
  const gears = spawn('stdbuf', ['-oL', 'glxgears'], { env: onDisplay(env), stdio: ['ignore', 'pipe', 'inherit'] });
  // It counts its frames every five seconds, and goes on.
  const [counted] = (await once(gears.stdout, 'data')) as [Buffer];
  gears.kill('SIGKILL');
  const [, frames, seconds] = /(\d+) frames in ([\d.]+) seconds/.exec(counted.toString()) ?? [];
  expect(Number(frames) / Number(seconds)).toBeLessThanOrEqual(FPS * 1.02);
}, 20_000);

test('without native parts nothing is added; with several, all are preloaded', async () => {
  expect(await framePace(folder, undefined, FPS)).toEqual({ env: {}, sees: [] });
  const additions = ['/a.so', '/b.so'].map((path) => ({ env: { LD_PRELOAD: path, [path]: '1' }, sees: [path] }));
  expect(inAll(additions)).toEqual({
    env: { LD_PRELOAD: '/a.so:/b.so', '/a.so': '1', '/b.so': '1' },
    sees: ['/a.so', '/b.so'],
  });
});
