import { readFileSync } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';

/** Files this process holds; its own pid in a file proves nothing, as a container's server is always pid 1. */
const held = new Set<string>();

/**
 * Claims a file for this process, and with it what the file stands for (a data folder). Returns the release; undefined
 * while another living process holds it. What a dead process left is taken over.
 */
export async function lockForProcess(file: string): Promise<(() => Promise<void>) | undefined> {
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
  return undefined;
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
