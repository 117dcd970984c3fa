import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { link, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAX_SAVED_FILES, type SavedFile, SavedFiles } from '@kilat/shared/save/save';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeFolder } from '../sandbox/private-home.ts';
import { layOutHome, makeHome, stageRestored } from './home.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';
import { walkSaves } from './walk.ts';

const spec = { folders: ['.game/saves', '.game/settings.cfg'], maxMb: 1 };
let folder: string;
let home: string;
let kept: Map<string, Buffer>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kilat-saves-'));
  home = join(folder, 'home');
  await mkdir(join(home, '.game/saves/deep'), { recursive: true });
  kept = new Map();
});
afterEach(() => removeFolder(folder));

const snapshot = (running = false): Promise<Snapshot> =>
  takeSnapshot(home, spec, {
    running,
    known: new Map(),
    keep: async (sha256, bytes) => void kept.set(sha256, bytes),
  });
const paths = (taken: Snapshot) => (taken.is === 'files' ? taken.files.map(({ path }) => path) : taken);
const put = (path: string, content: string | Buffer) => writeFile(join(home, path), content);

test('takes what lies in the save folders, and nothing beside them', async () => {
  await put('.game/saves/one', 'first');
  await put('.game/saves/deep/two', 'second');
  await put('.game/settings.cfg', 'volume 3');
  await put('.game/cache', 'not a save');
  const taken = await snapshot();
  expect(paths(taken)).toEqual(['.game/saves/deep/two', '.game/saves/one', '.game/settings.cfg']);
  if (taken.is !== 'files') return;
  for (const { path, sha256, bytes } of taken.files) {
    const content = await readFile(join(home, path));
    expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
    expect(kept.get(sha256)).toEqual(content);
    expect(bytes).toBe(content.length);
  }
});

test('a file that is said to be older than 1970 is kept, with the oldest date that can be stored', async () => {
  await put('.game/saves/one', 'first');
  execFileSync('touch', ['-d', '1969-12-31', join(home, '.game/saves/one')]);
  const taken = await snapshot();
  expect(taken.is === 'files' && SavedFiles.parse(taken.files)).toMatchObject([{ modifiedMs: 0 }]);
});

test('a home without saves is empty, and so is one without the folders', async () => {
  expect(await snapshot()).toEqual({ is: 'empty', skipped: 0 });
  await rm(join(home, '.game'), { recursive: true });
  expect(await snapshot()).toEqual({ is: 'empty', skipped: 0 });
});

test('links, pipes, devices, sockets and hard links lead nowhere', async () => {
  await put('.game/saves/real', 'mine');
  await writeFile(join(folder, 'secret'), 'of somebody else');
  await symlink(join(folder, 'secret'), join(home, '.game/saves/file-link'));
  await symlink('/etc', join(home, '.game/saves/folder-link'));
  await link(join(folder, 'secret'), join(home, '.game/saves/hard-link'));
  execFileSync('mkfifo', [join(home, '.game/saves/pipe')]);
  if (process.getuid?.() === 0) execFileSync('mknod', [join(home, '.game/saves/device'), 'c', '1', '5']);
  await symlink('/etc/passwd', join(home, '.game/settings.cfg'));
  const taken = await snapshot();
  expect(paths(taken)).toEqual(['.game/saves/real']);
  expect(taken).toMatchObject({ skipped: process.getuid?.() === 0 ? 6 : 5 });
  expect([...kept.values()].map(String)).toEqual(['mine']);
});

test('a save folder that is, or lies behind, a symlink is not followed', async () => {
  await mkdir(join(folder, 'elsewhere/saves'), { recursive: true });
  await writeFile(join(folder, 'elsewhere/saves/secret'), 'x');
  await rm(join(home, '.game'), { recursive: true });
  await symlink(join(folder, 'elsewhere'), join(home, '.game'));
  expect(await snapshot()).toEqual({ is: 'empty', skipped: 2 });
});

test('a folder that is swapped for a link while it is read gives nothing of what it points to', async () => {
  await mkdir(join(folder, 'elsewhere'));
  await writeFile(join(folder, 'elsewhere/save'), 'of somebody else');
  await put('.game/saves/deep/save', 'mine');
  const [deep, aside, bait] = [join(home, '.game/saves/deep'), join(home, 'aside'), join(home, 'bait')];
  await symlink(join(folder, 'elsewhere'), bait);
  let swapping = true;
  const swap = (async () => {
    while (swapping) {
      await rename(deep, aside);
      await rename(bait, deep);
      await rename(deep, bait);
      await rename(aside, deep);
    }
  })();
  for (let round = 0; round < 200; round++) {
    const found = await walkSaves(home, spec.folders);
    expect(found.is === 'found' && found.files.every(({ bytes }) => bytes === 'mine'.length)).toBe(true);
  }
  swapping = false;
  await swap;
});

test('too many files, too many bytes, too deep: said, and not read', async () => {
  await put('.game/saves/large', Buffer.alloc(4 * 2 ** 20 + 1));
  expect(await snapshot()).toEqual({ is: 'uncollected', problem: 'too-large' });
  await put('.game/saves/large', Buffer.alloc(4 * 2 ** 20));
  expect(await snapshot()).toMatchObject({ is: 'files' });
  for (let n = 0; n <= MAX_SAVED_FILES; n++) await put(`.game/saves/deep/${n}`, '');
  expect(await snapshot()).toEqual({ is: 'uncollected', problem: 'too-many-files' });
  await rm(join(home, '.game/saves/deep'), { recursive: true });
  await mkdir(join(home, '.game/saves', ...Array<string>(40).fill('d')), { recursive: true });
  expect(await snapshot()).toEqual({ is: 'uncollected', problem: 'too-many-files' });
});

test('a file that is written all the while is left for later, and taken whole once it is quiet', async () => {
  let writing = true;
  const write = (async () => {
    for (let n = 0; writing; n++) {
      await put('.game/saves/one', `${n}`.repeat(1_000));
      await put('.game/saves/deep/two', `${n}`.repeat(1_000));
    }
  })();
  expect(await snapshot(true)).toEqual({ is: 'unstable' });
  writing = false;
  await write;
  const taken = await snapshot(true);
  expect(paths(taken)).toEqual(['.game/saves/deep/two', '.game/saves/one']);
  expect(new Set(taken.is === 'files' ? taken.files.map(({ sha256 }) => sha256) : [])).toHaveLength(1);
});

test('what was taken comes back into a fresh home, over the manifest’s files', async () => {
  await put('.game/saves/deep/two', 'second');
  await put('.game/settings.cfg', 'volume 3');
  const taken = await snapshot();
  const files: SavedFile[] = taken.is === 'files' ? taken.files : [];
  await stageRestored(folder, files, async ({ sha256 }) => kept.get(sha256) ?? Buffer.from('lost'));
  await put('.game/saves/left-over', 'of nobody');
  const title = { home: { '.game/settings.cfg': 'volume 10', '.game/other.cfg': 'x' } };
  // Laid out twice where a title was just being started for nobody.
  for (let times = 0; times < 2; times++) {
    await makeHome(folder, 16);
    await layOutHome(title as never, folder);
  }
  expect(await readFile(join(home, '.game/settings.cfg'), 'utf8')).toBe('volume 3');
  expect(await readFile(join(home, '.game/other.cfg'), 'utf8')).toBe('x');
  expect(await readFile(join(home, '.game/saves/deep/two'), 'utf8')).toBe('second');
  expect(paths(await snapshot())).toEqual(['.game/saves/deep/two', '.game/settings.cfg']);
});
