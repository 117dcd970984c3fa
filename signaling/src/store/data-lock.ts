import { readFileSync } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import { StartupProblem } from '../startup-problem.ts';

/** Files this process holds; its own pid in a file proves nothing, as a container's Indexer is always pid 1. */
const held = new Set<string>();

/** Claims a data folder for this process, so that two Indexers never open one database. Returns the release. */
export async function lockDataFolder(file: string): Promise<() => Promise<void>> {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const handle = await open(file, 'wx', 0o600);
      held.add(file);
      await handle.writeFile(identityOf(process.pid) ?? '');
      await handle.close();
      return async () => {
        held.delete(file);
        await rm(file, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = await readFile(file, 'utf8').catch(() => '');
    if (held.has(file) || isRunning(holder)) break;
    await rm(file, { force: true });
  }
  throw new StartupProblem(
    'data-in-use',
    `Another Kilat already uses the data folder (${file}). Stop it, or set KILAT_DATA.`,
  );
}

function isRunning(holder: string): boolean {
  const pid = Number(holder.split(' ')[0]);
  return pid > 0 && pid !== process.pid && identityOf(pid) === holder;
}

/** Process id and start time: ids are reused, the pair is not. */
function identityOf(pid: number): string | undefined {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1);
    return `${pid} ${afterName?.split(' ')[19]}`;
  } catch {
    return pid === process.pid ? `${pid}` : undefined;
  }
}
