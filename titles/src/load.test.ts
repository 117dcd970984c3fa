import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundledTitles, loadTitles, problemSentence } from './load.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kilat-titles-'));
  await writeFile(join(folder, 'cover.jpg'), '');
});
afterEach(() => rm(folder, { recursive: true }));

const manifest = (id: string, changes: Record<string, unknown> = {}) =>
  JSON.stringify({
    kind: 'game',
    id,
    name: id.toUpperCase(),
    summary: 'A game.',
    command: '/usr/games/game',
    display: { width: 1280, height: 720, fps: 60 },
    input: ['keyboard'],
    mouse: 'none',
    cover: 'cover.jpg',
    warm: { keep: 'display' },
    install: {},
    licence: { spdx: 'MIT', source: 'here' },
    ...changes,
  });
const put = (name: string, text: string, at = folder) => writeFile(join(at, name), text);

describe('the titles that come with Kilat', () => {
  it('all load, without a problem, probes last', async () => {
    const { titles, problems } = await loadTitles([bundledTitles]);
    expect(problems).toEqual([]);
    expect(titles.map(({ id }) => id)).toEqual([
      'chromium-bsu',
      'freedoom',
      'mrboom',
      'neverball',
      'supertux',
      'latency-probe',
      'latency-probe-busy',
      'latency-probe-moving',
      'audio-probe',
    ]);
  });
});

describe('the controls of the titles that come with Kilat', () => {
  it('hold no browser shortcut: nothing is on Ctrl where W is walked with', async () => {
    const { titles } = await loadTitles([bundledTitles]);
    const walked = titles.filter(({ controls }) => controls.some(({ keys }) => keys.includes('W A S D')));
    expect(walked.map(({ id }) => id)).toContain('freedoom');
    for (const { id, controls } of walked)
      expect(
        controls.filter(({ keys }) => /Ctrl/.test(keys)),
        id,
      ).toEqual([]);
  });
});

describe('a folder of manifests', () => {
  it('loads good ones beside bad ones, each bad field named', async () => {
    await put('good.yaml', manifest('good'));
    await put(
      'bad.yaml',
      manifest('bad', { display: { width: 1281, height: 720, fps: 60 }, kind: 'film', colour: 'red', name: undefined }),
    );
    await put('notes.txt', 'not a manifest');
    const { titles, problems } = await loadTitles([folder]);
    expect(titles.map(({ id, folder }) => [id, folder])).toEqual([['good', folder]]);
    const file = join(folder, 'bad.yaml');
    expect(problems).toHaveLength(4);
    for (const problem of problems) {
      expect(problemSentence(problem)).toBe(`Title manifest ${problem.file}: ${problem.field} ${problem.reason}`);
    }
    expect(problemSentence({ file: '/games', field: '', reason: 'this folder does not exist' })).toBe(
      'Title manifest /games: this folder does not exist',
    );
    expect(problems).toEqual(
      expect.arrayContaining([
        { file, field: 'kind', reason: 'must be one of: game, probe' },
        { file, field: 'name', reason: 'is missing' },
        { file, field: 'display.width', reason: 'must be a multiple of 2' },
        { file, field: 'colour', reason: 'is not a field of a manifest' },
      ]),
    );
  });

  it('names the line of a syntax error', async () => {
    await put('broken.yaml', 'kind: game\nid: [unclosed\n');
    const { titles, problems } = await loadTitles([folder]);
    expect(titles).toEqual([]);
    expect(problems[0]).toMatchObject({
      file: join(folder, 'broken.yaml'),
      field: expect.stringMatching(/^line \d+$/),
    });
    expect(problems[0]?.reason).toMatch(/^is not valid YAML: /);
  });

  it.each([
    ['an empty file', '', '', 'must be a group of fields'],
    ['a list', '- 1', '', 'must be a group of fields'],
    ['an alias of nothing', 'a: *b', '', /is not valid YAML/],
    ['a wrong type', manifest('x', { args: ['a', 2] }), 'args.1', 'must be a text'],
    [
      'an unknown key',
      manifest('x', { warm: { keep: 'title', pauseKeys: ['Pausé'] } }),
      'warm.pauseKeys.0',
      /not the code of a physical key/,
    ],
    ['an unknown warm policy', manifest('x', { warm: { keep: 'hot' } }), 'warm.keep', /known choices|one of/],
    ['a cover outside', manifest('x', { cover: '../../secret.png' }), 'cover', /inside the folder/],
    ['a relative need', manifest('x', { needs: ['games/x'] }), 'needs.0', 'must be an absolute path'],
    [
      'a host without a port',
      manifest('x', { sandbox: { network: ['a.example:1', 'scores.example.net'] } }),
      'sandbox.network.1',
      /^must be host:port for TCP or host:port\/udp/,
    ],
    ['a program found by PATH', manifest('x', { command: 'game' }), 'command', /absolute path/],
    [
      'a huge display',
      manifest('x', { display: { width: 99_000, height: 720, fps: 60 } }),
      'display.width',
      'must be at most 3840',
    ],
  ])('refuses %s', async (_, text, field, reason) => {
    await put('x.yaml', text);
    const { titles, problems } = await loadTitles([folder]);
    expect(titles).toEqual([]);
    expect(problems).toContainEqual({
      file: join(folder, 'x.yaml'),
      field,
      reason: typeof reason === 'string' ? reason : expect.stringMatching(reason),
    });
  });

  it('refuses an id that is not the file name', async () => {
    await put('other.yaml', manifest('mine'));
    const { titles, problems } = await loadTitles([folder]);
    expect(titles).toEqual([]);
    expect(problems).toEqual([
      { file: join(folder, 'other.yaml'), field: 'id', reason: 'is "mine"; the file must then be named mine.yaml' },
    ]);
  });

  it('keeps a title whose cover is missing, and says so', async () => {
    await put('bare.yaml', manifest('bare', { cover: 'none.jpg' }));
    const { titles, problems } = await loadTitles([folder]);
    expect(titles).toHaveLength(1);
    expect(problems).toEqual([
      { file: join(folder, 'bare.yaml'), field: 'cover', reason: expect.stringContaining('none.jpg') },
    ]);
  });
});

describe('several folders', () => {
  it('lets no later one redefine a title, and survives one that is not there', async () => {
    const later = join(folder, 'later');
    await mkdir(later);
    await put('cover.jpg', '', later);
    await put('twice.yaml', manifest('twice', { name: 'First' }));
    await put('twice.yaml', manifest('twice', { name: 'Second' }), later);
    const gone = join(folder, 'gone');
    const { titles, problems } = await loadTitles([folder, gone, later]);
    expect(titles.map(({ name }) => name)).toEqual(['First']);
    expect(problems).toEqual([
      { file: gone, field: '', reason: 'this folder does not exist' },
      { file: join(later, 'twice.yaml'), field: 'id', reason: `is already taken by ${join(folder, 'twice.yaml')}` },
    ]);
  });

  it('orders games by name, then probes', async () => {
    await put('a.yaml', manifest('a', { kind: 'probe', name: 'Alpha' }));
    await put('b.yaml', manifest('b', { name: 'zebra' }));
    await put('c.yaml', manifest('c', { name: 'Mole' }));
    const { titles } = await loadTitles([folder]);
    expect(titles.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
  });
});
