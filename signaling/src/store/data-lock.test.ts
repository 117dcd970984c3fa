import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockDataFolder } from './data-lock.ts';

let file: string;
beforeEach(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'kilat-lock-')), 'lock');
});
afterEach(async () => await rm(join(file, '..'), { recursive: true }));

it('lets one in at a time', async () => {
  const release = await lockDataFolder(file);
  await expect(lockDataFolder(file)).rejects.toMatchObject({ reason: 'data-in-use' });
  await release();
  await (await lockDataFolder(file))();
});

it('respects another process that runs, and not one that is gone or had the same id', async () => {
  const parent = (await readFile(`/proc/${process.ppid}/stat`, 'utf8')).split(') ').at(-1)?.split(' ')[19];
  await writeFile(file, `${process.ppid} ${parent}`);
  await expect(lockDataFolder(file)).rejects.toMatchObject({ reason: 'data-in-use' });
  for (const stale of [`${process.ppid} 1`, `${process.pid} 1`, '4194304 1', '']) {
    await writeFile(file, stale);
    await (await lockDataFolder(file))();
  }
});
