import { accessSync, constants } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoadedTitle } from '@kilat/titles/load';
import { Gamepads } from './gamepads.ts';
import { plugShimPad } from './shim-pad.ts';
import { uinputPads } from './uinput-pad.ts';
import type { TitleAddition } from '../../container/title-addition.ts';
import { CannotPlugError, type PlugPad } from './virtual-pad.ts';

const UINPUT = '/dev/uinput';

/** What a title gets of gamepads: the pads, and what lets its SDL2 find them. */
export interface TitleGamepads extends TitleAddition {
  gamepads: Gamepads;
}

/**
 * Makes a title's place for gamepads, `<folder>/gamepads`: all that its sandbox has to show it (read-only is enough), at
 * the same path. `native` is the folder of the built native parts; without it every plugging in fails. `seesDevices`: the
 * title may open the host's device nodes, so that a pad may be one. Undefined when the title takes no gamepads.
 */
export async function titleGamepads(
  title: Pick<LoadedTitle, 'input' | 'gamepadsFromStart'>,
  folder: string,
  native: string | undefined,
  seesDevices: boolean,
): Promise<TitleGamepads | undefined> {
  if (!title.input.includes('gamepad')) return undefined;
  const place = join(folder, 'gamepads');
  const input = join(place, 'input');
  const shim = join(place, 'pad-shim.so');
  await mkdir(input, { recursive: true });
  if (native === undefined) return { gamepads: new Gamepads(input, noPads), env: {}, sees: [place] };
  await copyFile(join(native, 'pad-shim.so'), shim);
  const plug = seesDevices && hasUinput() ? uinputPads(join(native, 'uinput-pad')) : plugShimPad;
  const gamepads = new Gamepads(input, plug, title.gamepadsFromStart);
  try {
    await gamepads.plugFirst();
  } catch (error) {
    await gamepads.close();
    throw error;
  }
  return {
    gamepads,
    sees: [place],
    env: {
      LD_PRELOAD: shim,
      KILAT_PADS: input,
      // SDL2 then looks into /dev/input, which the shim shows it, and into no device of the host.
      SDL_JOYSTICK_DISABLE_UDEV: '1',
      SDL_JOYSTICK_HIDAPI: '0',
      // The title has no window manager to give it the focus.
      SDL_JOYSTICK_ALLOW_BACKGROUND_EVENTS: '1',
    },
  };
}

const noPads: PlugPad = () =>
  Promise.reject(new CannotPlugError('no-device', 'This edge runs without the native parts that make gamepads.'));

/** Whether this process may make input devices. */
export function hasUinput(): boolean {
  try {
    accessSync(UINPUT, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
