import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { missingParts } from './installed.ts';
import type { LoadedTitle } from './load.ts';

it('names the program that is missing or cannot be run, and what else is not there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kilat-installed-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [program, data, gone] = [join(folder, 'program'), join(folder, 'data'), join(folder, 'gone')];
  await writeFile(program, '');
  await writeFile(data, '');
  const title = {
    command: '{titles}/program',
    args: [],
    env: {},
    needs: [data, gone],
    folder,
  } as unknown as LoadedTitle;

  await chmod(program, 0o644);
  expect(await missingParts(title)).toEqual([program, gone]);
  await chmod(program, 0o755);
  expect(await missingParts(title)).toEqual([gone]);
  expect(await missingParts({ ...title, needs: [data] })).toEqual([]);
  expect(await missingParts({ ...title, command: '{node}', needs: [] })).toEqual([]);
});
