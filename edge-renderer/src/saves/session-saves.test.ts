import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { EdgeId, newSessionId, TitleId } from '@kilat/shared/ids';
import type { SavedFile } from '@kilat/shared/save/save';
import type { LoadedTitle } from '@kilat/titles/load';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { leftParcels, type Parcel } from './parcels.ts';
import { readLabel, SessionSaves } from './session-saves.ts';
import type { Delivery } from './uploads.ts';

const spec = { folders: ['saves', 'game.cfg'], maxMb: 1 };
const title = { saves: spec, home: { 'game.cfg': 'volume 10' } } as unknown as LoadedTitle;
let root: string;
let container: string;
let spool: string;
let delivered: { parcel: Parcel; done: (delivery: Delivery) => void }[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'kilat-session-saves-'));
  container = join(root, 'container');
  spool = join(root, 'spool');
  await mkdir(join(container, 'home/saves'), { recursive: true });
  await put('game.cfg', 'volume 10');
  delivered = [];
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(container, 'home', path)), { recursive: true });
  await writeFile(join(container, 'home', path), content);
}

const begin = (restored: SavedFile[] | null = null, places = [spool]) => {
  const ids = { edgeId: EdgeId.parse(`e_${'a'.repeat(40)}`), sessionId: newSessionId() };
  const label = { ...ids, titleId: TitleId.parse('game'), restored };
  const log = pino({ level: 'silent' });
  const deliver = (parcel: Parcel, done: (delivery: Delivery) => void = () => {}) => {
    delivered.push({ parcel, done });
  };
  return SessionSaves.begin(title, spec, label, container, { places, deliver, everyMs: 3_600_000, log });
};
const contents = () => delivered.map(({ parcel }) => parcel.report.content);
const pathsOf = (content: Parcel['report']['content'] | undefined) =>
  content?.is === 'files' ? content.files.map(({ path }) => path) : content;

test('the last save is packed whole and outlives the agent', async () => {
  const saves = await begin();
  await put('saves/one', 'level 1');
  await saves.finish();
  expect(contents().map(pathsOf)).toEqual([['game.cfg', 'saves/one']]);
  await rm(container, { recursive: true });
  const [left] = await leftParcels(spool);
  if (left?.report.content.is !== 'files') throw new Error('no parcel was left');
  expect(left.report.final).toBe(true);
  const blobs = await Promise.all(left.report.content.files.map(({ sha256 }) => left.blob(sha256)));
  expect(blobs.map(String)).toEqual(['volume 10', 'level 1']);
  await left.remove();
  expect(await leftParcels(spool)).toEqual([]);
});

test('what an agent had not finished packing is no parcel', async () => {
  await mkdir(join(spool, 'draft-1'), { recursive: true });
  await mkdir(join(spool, 's_half'), { recursive: true });
  expect(await leftParcels(spool)).toEqual([]);
  expect(await readdir(spool)).toEqual([]);
});

test('a game that was not saved leaves nothing new: no save, only what a fresh home has, or what was restored', async () => {
  await (await begin()).finish();
  await put('saves/one', 'level 1');
  await (await begin()).finish();
  const restored = contents().flatMap((content) => (content.is === 'files' ? content.files : []));
  await (await begin(restored)).finish();
  await rm(join(container, 'home'), { recursive: true });
  await (await begin(restored)).finish();
  expect(contents().map(({ is }) => is)).toEqual(['unchanged', 'files', 'unchanged', 'unchanged']);
});

test('the folder says whose the saves are, for the next agent', async () => {
  const saves = await begin();
  expect(await readLabel(container)).toMatchObject({ titleId: 'game', edgeId: `e_${'a'.repeat(40)}` });
  expect(await readLabel(root)).toBeUndefined();
  await saves.finish();
});

test('a full disk: memory serves; where there is no room at all, that is said', async (context) => {
  const disk = join(root, 'disk');
  await mkdir(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    context.skip('needs root to mount a small disk');
  }
  try {
    await put('saves/one', 'x'.repeat(200_000));
    await (await begin(null, [disk, spool])).finish();
    expect(pathsOf(contents().at(-1))).toEqual(['game.cfg', 'saves/one']);
    expect(await leftParcels(disk)).toEqual([]);
    expect(await leftParcels(spool)).toHaveLength(1);
    await (await begin(null, [disk])).finish();
    expect(contents().at(-1)).toEqual({ is: 'uncollected', problem: 'not-collected' });
    expect(await readdir(disk)).toEqual([]);
  } finally {
    execFileSync('umount', [disk]);
  }
});
