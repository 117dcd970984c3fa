import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { htmlReport } from './html.ts';
import type { Result } from './result.ts';

/** Writes `result.json` and `report.html` into a folder of the run's own; returns its path. */
export async function writeReport(result: Result, results: string): Promise<string> {
  const time = result.startedAt.slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  const folder = join(results, `${time}-${result.machine.commit}${result.machine.dirty ? '-changed' : ''}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'result.json'), JSON.stringify(result));
  await writeFile(join(folder, 'report.html'), await htmlReport(result));
  return folder;
}
