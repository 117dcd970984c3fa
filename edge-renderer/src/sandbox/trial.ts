import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { makePrivateHome, removeFolder } from './private-home.ts';
import { removeGroups } from './control-groups.ts';
import type { Sandbox, TitleRun } from './sandbox.ts';

const TRIAL_MS = 15_000;
const TRIAL_LIMITS = { memoryMb: 256, cpus: 1, pids: 64, diskMb: 8 };
const NOTHING_MORE: Omit<TitleRun, 'folder' | 'command' | 'args'> = {
  env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
  nice: 0,
  sees: [],
  devices: [],
  limits: TRIAL_LIMITS,
  ipcOf: undefined,
  network: undefined,
};

/** Runs `true` in a sandbox as if it were a title; the sandbox's words if that does not work. */
export async function tryOut(sandbox: Sandbox): Promise<string | undefined> {
  const { works, words } = await inTrialFolder((folder) => runOnce(sandbox, folder, '/bin/true', []));
  return works ? undefined : words.split('\n').at(-1);
}

/** Gives the work a folder like a container's, and removes it with all that is in it. */
export async function inTrialFolder<Outcome>(work: (folder: string) => Promise<Outcome>): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'kilat-trial-'));
  try {
    return await work(folder);
  } finally {
    await removeFolder(folder);
  }
}

/**
 * Runs a program to its end as if it were the title of the container in `folder`, which sees nothing but what `more` says.
 * `words`: what it said last, or what stood in its way.
 */
export async function runOnce(
  sandbox: Sandbox,
  folder: string,
  command: string,
  args: string[],
  more: Partial<typeof NOTHING_MORE> = {},
): Promise<{ works: boolean; words: string }> {
  try {
    const run = { folder, command, args, ...NOTHING_MORE, ...more };
    await makePrivateHome(folder, run.limits.diskMb);
    const ended = Promise.withResolvers<{ works: boolean; words: string }>();
    const title = await sandbox.start(run, ({ code, signal }, words) =>
      ended.resolve({ works: code === 0, words: words || `it ended with ${signal ?? code}` }),
    );
    const late = setTimeout(TRIAL_MS, { works: false, words: 'it did not answer' }, { ref: false });
    const outcome = await Promise.race([ended.promise, late]);
    await title.stop();
    return outcome;
  } catch (error) {
    return { works: false, words: error instanceof Error ? error.message : String(error) };
  } finally {
    // Who starts a title need not load what reads.
    const { readRecord } = await import('./read-record.ts');
    const record = await readRecord(folder);
    if (record !== undefined) {
      await sandbox.end(folder, record);
      await removeGroups(record.groups);
    }
  }
}
