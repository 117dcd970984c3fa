import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Until it is put back, networks are made with this shell script in the place of iproute2's `ip`. */
export async function otherIp(script: string): Promise<{ putBack(): void; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'kilat-other-ip-'));
  await writeFile(join(folder, 'ip'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const path = process.env.PATH;
  process.env.PATH = `${folder}:${path}`;
  const putBack = () => {
    process.env.PATH = path;
  };
  const close = async () => {
    putBack();
    await rm(folder, { recursive: true });
  };
  return { putBack, close };
}

/** One that hangs. */
export const HANGING_IP = 'exec sleep 60';
