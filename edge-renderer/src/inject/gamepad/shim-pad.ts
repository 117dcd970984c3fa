import { once } from 'node:events';
import { chmod, rename, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { PAD_AT_REST, type PadState, samePadState } from '@kilat/shared/input/gamepad';
import { changes, RecordReader } from './evdev.ts';
import { RumbleEffects } from './rumble-effects.ts';
import { CannotPlugError, type PadPlace, type VirtualPad } from './virtual-pad.ts';

/** One opening of the pad by the title (SDL opens it to look at it, and again to play). */
interface Reader {
  socket: Socket;
  /** What it has been told. */
  told: PadState;
}

/**
 * A pad for hosts without uinput: its node is a Unix socket which native/pad-shim.c, preloaded into the title, passes off
 * as an evdev device.
 */
export async function plugShimPad({ folder, pad, onRumble, onLost }: PadPlace): Promise<VirtualPad> {
  const readers = new Set<Reader>();
  let state = PAD_AT_REST;

  const tell = (reader: Reader) => {
    // Something the title has not taken yet is still on its way: what is newest by then follows it.
    if (reader.socket.writableLength > 0 || samePadState(reader.told, state)) return;
    const bytes = changes(reader.told, state);
    reader.told = state;
    reader.socket.write(bytes, () => tell(reader));
  };
  const server = createServer((socket) => {
    const reader: Reader = { socket, told: PAD_AT_REST };
    const effects = new RumbleEffects();
    const records = new RecordReader();
    readers.add(reader);
    socket.on('data', (chunk) => {
      for (const record of records.read(chunk)) {
        const rumble = effects.take(record);
        if (rumble !== undefined) onRumble(rumble);
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      readers.delete(reader);
      const rumble = effects.end();
      if (rumble !== undefined) onRumble(rumble);
    });
    tell(reader);
  });

  const node = join(folder, `event${pad}`);
  // The node must be ready to be opened when its name appears.
  const unready = join(folder, `.event${pad}`);
  try {
    await rm(unready, { force: true });
    server.listen(unready);
    await once(server, 'listening');
    // The title may run as a user of its own; only its sandbox is shown this folder.
    await chmod(unready, 0o666);
    await rename(unready, node);
  } catch (error) {
    server.close();
    throw new CannotPlugError('no-node', (error as Error).message);
  }
  server.on('error', (error) => onLost(error.message));

  return {
    show(next) {
      state = next;
      for (const reader of readers) tell(reader);
    },
    async close() {
      state = PAD_AT_REST;
      for (const reader of readers) tell(reader);
      // First its name, so that nobody finds a node that refuses.
      await rm(node, { force: true });
      for (const { socket } of readers) {
        socket.end();
        socket.destroySoon();
      }
      server.close();
    },
  };
}
