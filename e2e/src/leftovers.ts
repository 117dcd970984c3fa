import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPort } from '../../scripts/serve/free-port.mjs';
import type { ProcessWatch } from './process-watch.ts';

const SCRATCH_FOLDERS = ['/dev/shm', tmpdir()];

/** What a Kilat that ended has left behind, one sentence each: processes, X displays, scratch folders, ports. */
export async function leftovers(
  watch: ProcessWatch,
  edgePids: readonly number[],
  ports: readonly number[],
): Promise<string[]> {
  const processes = watch.survivors().map(({ pid, command }) => `process ${pid}: ${command.join(' ').slice(0, 120)}`);
  const held = [];
  for (const port of ports) {
    if ((await checkPort(port, '127.0.0.1', { udp: true })) !== 'free') held.push(`port ${port} is still held`);
  }
  return [...processes, ...displays(watch), ...scratch(edgePids), ...held];
}

/** X servers leave a lock file with their process id in it, and a socket of the same number. */
function displays(watch: ProcessWatch): string[] {
  const ours = new Set(watch.everSeen.map(({ pid }) => pid));
  return readdirSync('/tmp').flatMap((name) => {
    const display = /^\.X(\d+)-lock$/.exec(name)?.[1];
    if (display === undefined) return [];
    try {
      return ours.has(Number(readFileSync(join('/tmp', name), 'utf8'))) ? [`display :${display} (/tmp/${name})`] : [];
    } catch {
      return [];
    }
  });
}

/** An edge's scratch folders begin with its process id. */
function scratch(edgePids: readonly number[]): string[] {
  return SCRATCH_FOLDERS.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => edgePids.some((pid) => name.startsWith(`kilat-${pid}-`)))
      .map((name) => `folder ${join(folder, name)}`),
  );
}
