import { removeGroups } from './control-groups.ts';
import { endUser } from '../process/process-tree.ts';
import { readRecord } from './read-record.ts';
import { sandboxNamed } from './sandboxes.ts';

/** Ends a container's title and everything it started, from the record its start left. */
export async function endTitle(folder: string): Promise<void> {
  const record = await readRecord(folder);
  if (record === undefined) return;
  await sandboxNamed(record.sandbox).end(folder, record);
  await removeGroups(record.groups);
  if (record.uid !== null) await endUser(record.uid);
}
