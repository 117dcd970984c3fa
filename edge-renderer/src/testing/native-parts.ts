import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const SCRIPT = join(import.meta.dirname, '../../native/build.sh');

/** Builds native parts afresh, so that a test runs what the sources say; returns their folder, which is the caller's to remove. */
export async function buildNativeParts(
  ...parts: ('pad-shim.so' | 'uinput-pad' | 'frame-pace.so' | 'pad-field' | 'gl-field')[]
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kilat-native-'));
  await promisify(execFile)(SCRIPT, [folder, ...parts]);
  return folder;
}

/** Why the SDL2 client cannot run here; undefined when it can. */
export function lacksSdl2(): string | undefined {
  const folders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];
  if (folders.some((folder) => existsSync(join(folder, 'libSDL2-2.0.so.0')))) return undefined;
  return 'SDL2 is not installed (apt-get install libsdl2-2.0-0)';
}
