import { access, constants } from 'node:fs/promises';
import type { LoadedTitle } from './load.ts';
import { resolveCommand } from './resolve.ts';

/** Paths a title needs and this machine lacks, its program first; empty when it can run. */
export async function missingParts(title: LoadedTitle): Promise<string[]> {
  const { command } = resolveCommand(title, { node: process.execPath });
  const parts = [
    { path: command, mode: constants.X_OK },
    ...title.needs.map((path) => ({ path, mode: constants.R_OK })),
  ];
  const there = await Promise.all(
    parts.map(({ path, mode }) =>
      access(path, mode).then(
        () => true,
        () => false,
      ),
    ),
  );
  return parts.filter((_, place) => !there[place]).map(({ path }) => path);
}
