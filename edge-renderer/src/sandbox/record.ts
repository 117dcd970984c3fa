import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SANDBOX_NAMES, type SandboxRecord } from './sandbox.ts';

const Record = z.object({
  sandbox: z.enum(SANDBOX_NAMES),
  container: z.string(),
  groups: z.array(z.string()),
  uid: z.number().nullable(),
});

const placeOf = (folder: string) => join(folder, 'sandbox.json');

/** Written before a title starts, so that whoever finds the folder can end the title. */
export async function writeRecord(folder: string, record: SandboxRecord): Promise<void> {
  await writeFile(placeOf(folder), JSON.stringify(record), { mode: 0o600 });
}

/** Undefined where no title was started, or where the record was cut off by a crash. */
export async function readRecord(folder: string): Promise<SandboxRecord | undefined> {
  try {
    return Record.parse(JSON.parse(await readFile(placeOf(folder), 'utf8')));
  } catch {
    return undefined;
  }
}
