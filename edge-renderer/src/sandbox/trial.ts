import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { makePrivateHome, removeFolder } from './private-home.ts';
import { removeGroups } from './control-groups.ts';
import type { Sandbox } from './sandbox.ts';

const TRIAL_MS = 15_000;
const TRIAL_LIMITS = { memoryMb: 256, cpus: 1, pids: 64, diskMb: 8 };

/** Runs `true` in a sandbox as if it were a title; the sandbox's words if that does not work. */
export async function tryOut(sandbox: Sandbox): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'kilat-trial-'));
  try {
    await makePrivateHome(folder, TRIAL_LIMITS.diskMb);
    const ended = Promise.withResolvers<string | undefined>();
    const title = await sandbox.start(
      {
        folder,
        command: '/bin/true',
        args: [],
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
        nice: 0,
        sees: [],
        devices: [],
        limits: TRIAL_LIMITS,
        ipcOf: undefined,
        network: undefined,
      },
      ({ code, signal }, words) =>
        ended.resolve(code === 0 ? undefined : words.split('\n').at(-1) || `it ended with ${signal ?? code}`),
    );
    const late = setTimeout(TRIAL_MS, 'it did not answer', { ref: false });
    const outcome = await Promise.race([ended.promise, late]);
    await title.stop();
    return outcome;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    // Who starts a title need not load what reads.
    const { readRecord } = await import('./read-record.ts');
    const record = await readRecord(folder);
    if (record !== undefined) {
      await sandbox.end(folder, record);
      await removeGroups(record.groups);
    }
    await removeFolder(folder);
  }
}
