import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SandboxRecord } from './sandbox.ts';

export const recordFile = (folder: string): string => join(folder, 'sandbox.json');

/** Written before a title starts, so that whoever finds the folder can end the title. */
export async function writeRecord(folder: string, record: SandboxRecord): Promise<void> {
  await writeFile(recordFile(folder), JSON.stringify(record), { mode: 0o600 });
}
