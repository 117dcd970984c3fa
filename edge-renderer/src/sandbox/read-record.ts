import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { recordFile } from './record.ts';
import { SANDBOX_NAMES, type SandboxRecord } from './sandbox.ts';

const Record = z.object({
  sandbox: z.enum(SANDBOX_NAMES),
  container: z.string(),
  groups: z.array(z.string()),
  uid: z.number().nullable(),
});

/** Undefined where no title was started, or where the record was cut off by a crash. */
export async function readRecord(folder: string): Promise<SandboxRecord | undefined> {
  try {
    return Record.parse(JSON.parse(await readFile(recordFile(folder), 'utf8')));
  } catch {
    return undefined;
  }
}
