import { lockForProcess } from '@kilat/shared/server/process-lock';
import { StartupProblem } from '../startup-problem.ts';

/** Claims a data folder for this process, so that two Indexers never open one database. Returns the release. */
export async function lockDataFolder(file: string): Promise<() => Promise<void>> {
  const release = await lockForProcess(file);
  if (release !== undefined) return release;
  throw new StartupProblem(
    'data-in-use',
    `Another Kilat already uses the data folder (${file}). Stop it, or set KILAT_DATA.`,
  );
}
