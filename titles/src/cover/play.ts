import { setTimeout as sleep } from 'node:timers/promises';
import { LINUX_KEY_CODES, X_KEYCODE_OFFSET } from '@kilat/shared/input/keys';
import { readPixels, requireXTest, type XConnection } from '../stage/connection.ts';
import type { CoverRecipe } from './recipes.ts';

const DRAWN_TIMEOUT_MS = 60_000;
const RELATIVE = 1;
const LEFT_BUTTON = 1;

/** Resolves with `performance.now()` once the display shows more than one colour. */
export async function untilDrawn(screen: XConnection): Promise<number> {
  const until = performance.now() + DRAWN_TIMEOUT_MS;
  for (;;) {
    const pixels = await readPixels(screen, 0, 0, screen.width, screen.height);
    const first = pixels.readUInt32LE(0);
    for (let place = 0; place < pixels.length; place += 4 * 61)
      if (pixels.readUInt32LE(place) !== first) return performance.now();
    if (performance.now() > until) throw new Error(`nothing was drawn within ${DRAWN_TIMEOUT_MS / 1000} s`);
    await sleep(20);
  }
}

/** Plays a recipe, counted from `drawnMs`, until its picture is due. */
export async function play({ client }: XConnection, recipe: CoverRecipe, drawnMs: number): Promise<void> {
  const xtest = await requireXTest(client);
  const { keys = [], clicks = [], motions = [], pictureAtMs } = recipe;
  const acts: { atMs: number; type: number; detail: number; dx?: number; dy?: number }[] = [
    ...keys.flatMap(({ atMs, key, forMs }) => {
      const detail = LINUX_KEY_CODES[key] + X_KEYCODE_OFFSET;
      return [
        { atMs, type: xtest.KeyPress, detail },
        { atMs: atMs + forMs, type: xtest.KeyRelease, detail },
      ];
    }),
    ...clicks.flatMap(({ atMs, forMs }) => [
      { atMs, type: xtest.ButtonPress, detail: LEFT_BUTTON },
      { atMs: atMs + forMs, type: xtest.ButtonRelease, detail: LEFT_BUTTON },
    ]),
    ...motions.map((motion) => ({ ...motion, type: xtest.MotionNotify, detail: RELATIVE })),
  ];
  for (const { atMs, type, detail, dx = 0, dy = 0 } of acts.sort((a, b) => a.atMs - b.atMs)) {
    if (atMs > pictureAtMs) break;
    await sleep(Math.max(0, drawnMs + atMs - performance.now()));
    xtest.FakeInput(type, detail, 0, 0, dx, dy);
    await client.flush();
  }
  await sleep(Math.max(0, drawnMs + pictureAtMs - performance.now()));
}
