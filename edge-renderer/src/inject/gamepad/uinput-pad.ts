import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PAD_AT_REST, samePadState } from '@kilat/shared/input/gamepad';
import { changes, RecordReader } from './evdev.ts';
import { RumbleEffects } from './rumble-effects.ts';
import { CannotPlugError, type PlugPad, type VirtualPad } from './virtual-pad.ts';

/**
 * Pads made by the kernel (uinput), for hosts that let us: one process of native/uinput-pad.c each, which the kernel's
 * device lives and dies with. `program` is that program.
 */
export function uinputPads(program: string): PlugPad {
  return async ({ folder, pad, onRumble, onLost }) => {
    const node = join(folder, `event${pad}`);
    await rm(node, { force: true });
    const device = spawn(program, [node], { stdio: ['pipe', 'pipe', 'pipe'], env: {} });
    const effects = new RumbleEffects();
    const records = new RecordReader();
    const plugged = Promise.withResolvers<void>();
    let lastWords = '';
    let closing = false;
    let up = false;
    device.stderr.on('data', (chunk: Buffer) => {
      lastWords = (lastWords + chunk.toString()).slice(-500);
    });
    device.stdout.on('data', (chunk: Buffer) => {
      for (const record of records.read(chunk)) {
        if (record.is === 'plugged') {
          up = true;
          plugged.resolve();
        }
        const rumble = effects.take(record);
        if (rumble !== undefined) onRumble(rumble);
      }
    });
    // EPIPE while it goes; its exit is what counts.
    device.stdin.on('error', () => {});
    const gone = new Promise<void>((resolve) => {
      device.on('error', (error) => {
        lastWords = error.message;
        plugged.reject(new CannotPlugError('no-device', lastWords));
        resolve();
      });
      device.on('close', () => {
        plugged.reject(new CannotPlugError('no-device', lastWords.trim()));
        const rumble = effects.end();
        if (rumble !== undefined) onRumble(rumble);
        if (up && !closing) onLost(lastWords.trim() || 'The gamepad’s process ended.');
        resolve();
      });
    });
    await plugged.promise;
    return padOf(node, device.stdin, async () => {
      closing = true;
      device.stdin.end();
      await gone;
    });
  };
}

function padOf(
  node: string,
  stdin: NodeJS.WritableStream & { writableLength: number },
  end: () => Promise<void>,
): VirtualPad {
  let state = PAD_AT_REST;
  let told = PAD_AT_REST;
  const tell = () => {
    if (stdin.writableLength > 0 || samePadState(told, state)) return;
    const bytes = changes(told, state);
    told = state;
    stdin.write(bytes, () => tell());
  };
  return {
    show(next) {
      state = next;
      tell();
    },
    async close() {
      state = PAD_AT_REST;
      tell();
      await end();
      await rm(node, { force: true });
    },
  };
}
