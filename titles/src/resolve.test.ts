import { expect, it } from 'vitest';
import { bundledTitles, type LoadedTitle, loadTitles } from './load.ts';
import { resolveCommand } from './resolve.ts';

it('fills in Node and the folder, wherever they stand, and leaves other braces alone', () => {
  const title = {
    command: '{node}',
    args: ['{titles}/a.ts', '--at={titles}:{titles}', '{other}', '$&'],
    env: { MODULES: '{titles}/lib', PLAIN: 'x' },
    folder: '/srv/$&/titles',
  } as unknown as LoadedTitle;
  expect(resolveCommand(title, { node: '/opt/node' })).toEqual({
    command: '/opt/node',
    args: ['/srv/$&/titles/a.ts', '--at=/srv/$&/titles:/srv/$&/titles', '{other}', '$&'],
    env: { MODULES: '/srv/$&/titles/lib', PLAIN: 'x' },
  });
});

it('leaves no placeholder in the titles that come with Kilat', async () => {
  for (const title of (await loadTitles([bundledTitles])).titles) {
    expect(JSON.stringify(resolveCommand(title, { node: '/node' }))).not.toMatch(/\{(node|titles)\}/);
  }
});
