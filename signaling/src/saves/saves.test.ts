import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { newSessionId, type SessionId, TitleId } from '@kilat/shared/ids';
import { AllPlayerSaves, type PlayerSaves, SessionSaves } from '@kilat/shared/save/player-saves';
import { type SavedFile, SaveReportReply, SaveToRestore } from '@kilat/shared/save/save';
import type { SessionRecord } from '@kilat/shared/session/record';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EdgePeer } from '../testing/edge-peer.ts';
import { eventually } from '../testing/eventually.ts';
import { LAUNCH, newCookie, PlayerPeer } from '../testing/player-peer.ts';
import { TemporaryIndexer } from '../testing/temporary-indexer.ts';
import { hashOf } from './blob-store.ts';

const FREEDOOM = TitleId.parse('freedoom');
const FOLDER = '.dsda-doom/dsda_doom_data';
const MIB = 2 ** 20;

let indexer: TemporaryIndexer;
let edge: EdgePeer;
let cookie: string;
const pages: PlayerPeer[] = [];

beforeEach(async () => {
  indexer = await TemporaryIndexer.start();
  edge = await connectedEdge();
  cookie = await newCookie(indexer.url);
});
afterEach(async () => {
  for (const page of pages.splice(0)) page.close();
  edge.close();
  await indexer.remove();
});

async function connectedEdge(): Promise<EdgePeer> {
  const peer = new EdgePeer(() => indexer.url, await indexer.enrolmentToken());
  peer.titles = [FREEDOOM];
  peer.slots = peer.freeSlots = 8;
  await peer.connect();
  return peer;
}

/** A session of the player on the edge, and what the edge was told of its saves. */
async function launch(on = edge, as = cookie): Promise<{ sessionId: SessionId; page: PlayerPeer; restore: boolean }> {
  const page = await PlayerPeer.connect(indexer.url, { cookie: as });
  pages.push(page);
  const reply = await page.call('launch', { ...LAUNCH, titleId: FREEDOOM });
  if (!reply.ok) throw new Error(reply.reason);
  const { sessionId } = reply;
  await on.play(sessionId);
  return { sessionId, page, restore: on.asked.at(-1)?.saves?.restore ?? false };
}

const file = (name: string, content: Buffer): SavedFile => ({
  path: `${FOLDER}/${name}`,
  sha256: hashOf(content),
  bytes: content.length,
  mode: 0o644,
  modifiedMs: 1_795_000_000_000,
});

const path = (sessionId: SessionId, rest: string) => `/edge/sessions/${sessionId}/${rest}`;
const put = (sessionId: SessionId, content: Buffer, by = edge) =>
  by.request('PUT', path(sessionId, `blobs/${hashOf(content)}`), content);

async function report(
  sessionId: SessionId,
  files: SavedFile[] | 'unchanged',
  { final = false, by = edge } = {},
): Promise<SaveReportReply> {
  const content = files === 'unchanged' ? { is: 'unchanged' } : { is: 'files', files };
  const answer = await by.request('POST', path(sessionId, 'save'), { collectedAtMs: Date.now(), final, content });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return SaveReportReply.parse(await answer.json());
}

/** Uploads and reports, as an edge does. */
async function save(sessionId: SessionId, content: Buffer, { final = false, by = edge } = {}) {
  await put(sessionId, content, by);
  return await report(sessionId, [file('savegame0.dsg', content)], { final, by });
}

const end = (sessionId: SessionId, by = edge) =>
  by.report(sessionId, { type: 'ended', reason: 'session-crashed', meteredSeconds: 1 });

async function restored(sessionId: SessionId, by = edge): Promise<Buffer | undefined> {
  const answer = await by.request('GET', path(sessionId, 'save'));
  const { version } = SaveToRestore.parse(await answer.json());
  if (version === null) return undefined;
  const blob = await by.request('GET', path(sessionId, `blobs/${version.files[0]?.sha256}`));
  expect(blob.status).toBe(200);
  return Buffer.from(await blob.arrayBuffer());
}

async function mine(as = cookie): Promise<PlayerSaves | undefined> {
  const answer = await indexer.get('/api/saves', as);
  return AllPlayerSaves.parse(await answer.json()).titles[0];
}

const blobFolder = () => join(indexer.config.dataFolder, 'indexer', 'saves');
async function storedBlobs(): Promise<string[]> {
  const shelves = (await readdir(blobFolder())).filter((name) => name.length === 2);
  return (await Promise.all(shelves.map((shelf) => readdir(join(blobFolder(), shelf))))).flat();
}

describe('a player’s saves', () => {
  it('go from one session to the next, on whichever edge it runs', async () => {
    const first = await launch();
    expect(first.restore).toBe(false);
    expect(await restored(first.sessionId)).toBeUndefined();
    const [one, two] = [Buffer.from('level 1'), Buffer.from('level 2')];
    expect(await report(first.sessionId, [file('a', one)])).toEqual({ is: 'missing', missing: [hashOf(one)] });
    expect((await save(first.sessionId, one)).is).toBe('kept');
    const last = await save(first.sessionId, two, { final: true });
    // A repeated report changes nothing.
    expect(await report(first.sessionId, [file('savegame0.dsg', two)], { final: true })).toEqual(last);
    await end(first.sessionId);
    expect((await mine())?.versions).toMatchObject([{ current: true, files: 1 }, { current: false }]);

    edge.close();
    edge = await connectedEdge();
    const second = await launch();
    expect(second.restore).toBe(true);
    expect(await restored(second.sessionId)).toEqual(two);
    expect(await report(second.sessionId, 'unchanged', { final: true })).toEqual({ is: 'noted' });
    const told = await indexer.get(`/api/sessions/${second.sessionId}/saves`, cookie);
    expect(SessionSaves.parse(await told.json())).toMatchObject({ settled: true, problems: [] });
  });

  it('wait for the last save of the game before, which is still on its way', async () => {
    const first = await launch();
    await end(first.sessionId);
    const second = await launch();
    expect(second.restore).toBe(true);
    const asked = restored(second.sessionId);
    const last = Buffer.from('saved in the last second');
    await save(first.sessionId, last, { final: true });
    expect(await asked).toEqual(last);
  });

  it('are not waited for once the Indexer stops', async () => {
    const first = await launch();
    await end(first.sessionId);
    const second = await launch();
    const asked = edge.request('GET', path(second.sessionId, 'save')).catch(() => undefined);
    await indexer.stop();
    await asked;
    await indexer.startAgain();
  });

  it('are set aside where a game launched later plays on', async () => {
    const first = await launch();
    await save(first.sessionId, Buffer.from('first'));
    const second = await launch();
    expect(await restored(second.sessionId)).toEqual(Buffer.from('first'));
    expect(await save(first.sessionId, Buffer.from('too late'), { final: true })).toMatchObject({
      is: 'set-aside',
      problem: 'newer-exists',
    });
    expect(await save(second.sessionId, Buffer.from('second'))).toMatchObject({ is: 'kept' });
    // A player has room for two games at a time.
    await end(first.sessionId);
    const third = await launch();
    expect(await restored(third.sessionId)).toEqual(Buffer.from('second'));
    expect((await mine())?.versions.map(({ problem }) => problem)).toEqual([null, 'newer-exists', null]);
    await eventually(() =>
      expect(first.page.heard).toContainEqual(
        expect.objectContaining({ type: 'save-problem', problem: 'newer-exists' }),
      ),
    );
  });

  it('that are too large are set aside, the last good ones stay, and far too large ones are refused', async () => {
    const { sessionId } = await launch();
    await save(sessionId, Buffer.from('good'));
    const large = Buffer.alloc(17 * MIB, 'l');
    expect(await save(sessionId, large, { final: true })).toMatchObject({ is: 'set-aside', problem: 'too-large' });
    await end(sessionId);
    const record = (await (await indexer.get(`/api/sessions/${sessionId}`, cookie)).json()) as SessionRecord;
    expect(record.events.at(-1)?.event.type === 'ended' || record.events.at(-2)?.event.type === 'ended').toBe(true);
    expect(await restored((await launch()).sessionId)).toEqual(Buffer.from('good'));
    const aside = (await mine())?.versions.find(({ problem }) => problem === 'too-large');
    const zip = await indexer.get(`/api/saves/freedoom/${aside?.versionId}`, cookie);
    expect(zip.headers.get('content-type')).toBe('application/zip');
    expect(
      Buffer.from(await zip.arrayBuffer())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK');

    const other = await launch();
    const parts = [1, 2, 3].map((n) => Buffer.alloc(30 * MIB, n));
    const answers = [];
    for (const part of parts) answers.push((await put(other.sessionId, part)).status);
    expect(answers).toEqual([204, 204, 413]);
  });

  it('are bounded also where an edge brings all at once', async () => {
    const { sessionId } = await launch();
    const contents = [1, 2, 3].map((nth) => Buffer.alloc(30 * 2 ** 20, nth));
    const answers = await Promise.all(contents.map(async (content) => (await put(sessionId, content)).status));
    expect(answers.toSorted()).toEqual([204, 204, 413]);
  });

  it('that are spoilt in the store are found by their hash, and the version before serves', async () => {
    const first = await launch();
    await save(first.sessionId, Buffer.from('good'), { final: true });
    await end(first.sessionId);
    const second = await launch();
    await restored(second.sessionId);
    const newer = Buffer.from('newer');
    await save(second.sessionId, newer, { final: true });
    await end(second.sessionId);
    const where = join(blobFolder(), hashOf(newer).slice(0, 2), hashOf(newer));
    const bytes = await readFile(where);
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    await writeFile(where, bytes);

    const third = await launch();
    expect((await edge.request('GET', path(third.sessionId, `blobs/${hashOf(newer)}`))).status).toBe(410);
    expect(await restored(third.sessionId)).toEqual(Buffer.from('good'));
    const told = SessionSaves.parse(await (await indexer.get(`/api/sessions/${third.sessionId}/saves`, cookie)).json());
    expect(told.problems).toEqual(['corrupt']);
    expect((await mine())?.versions.map(({ problem, current }) => [problem, current])).toEqual([
      ['corrupt', false],
      [null, true],
    ]);
    // The same content, saved again, is whole again.
    expect(await save(third.sessionId, newer)).toMatchObject({ is: 'kept' });
    expect(await restored((await launch()).sessionId)).toEqual(newer);
  });

  it('are brought back, downloaded and deleted by their player alone', async () => {
    const { sessionId } = await launch();
    const [one, two] = [Buffer.from('one'), Buffer.from('two')];
    const kept = await save(sessionId, one);
    await save(sessionId, two, { final: true });
    await end(sessionId);
    const versionId = kept.is === 'kept' ? kept.versionId : '';
    const ask = (method: string, rest: string, headers: Record<string, string>) =>
      fetch(`${indexer.url}/api/saves/freedoom/${versionId}${rest}`, { method, headers });
    const stranger = await newCookie(indexer.url);
    for (const headers of [{}, { cookie: stranger }] as Record<string, string>[]) {
      expect((await ask('GET', '', headers)).status).toBe(404);
      expect((await ask('POST', '/bring-back', headers)).status).toBe(404);
      expect((await ask('DELETE', '', headers)).status).toBe(404);
    }
    const foreign = { cookie, origin: 'https://elsewhere.example' };
    expect((await ask('POST', '/bring-back', foreign)).status).toBe(404);
    expect(await mine(stranger)).toBeUndefined();

    expect((await ask('POST', '/bring-back', { cookie })).status).toBe(200);
    const next = await launch();
    expect(await restored(next.sessionId)).toEqual(one);
    for (const version of (await mine())?.versions ?? [])
      expect(
        (
          await fetch(`${indexer.url}/api/saves/freedoom/${version.versionId}`, {
            method: 'DELETE',
            headers: { cookie },
          })
        ).status,
      ).toBe(204);
    expect(await mine()).toBeUndefined();
    expect(await storedBlobs()).toEqual([]);
  });

  it('survive the Indexer: a version is there whole, and what was only uploaded is not one', async () => {
    const { sessionId } = await launch();
    await save(sessionId, Buffer.from('kept'));
    await put(sessionId, Buffer.from('only uploaded'));
    await indexer.stop();
    await indexer.startAgain();
    edge.sessions = [];
    edge.close();
    edge = await connectedEdge();
    expect((await mine())?.versions).toHaveLength(1);
    expect(await restored((await launch()).sessionId)).toEqual(Buffer.from('kept'));
  });
});

describe('an edge', () => {
  it('gets at the saves of its own sessions only', async () => {
    const { sessionId } = await launch();
    const content = Buffer.from('private');
    await save(sessionId, content);
    const get = path(sessionId, 'save');
    const blob = path(sessionId, `blobs/${hashOf(content)}`);

    const other = await connectedEdge();
    expect((await other.request('GET', get)).status).toBe(403);
    expect((await other.request('GET', blob)).status).toBe(403);
    expect((await edge.request('GET', path(newSessionId(), 'save'))).status).toBe(403);
    // Of another player it learns neither the content nor that it is there.
    other.freeSlots = 8;
    edge.freeSlots = 0;
    edge.beat();
    other.beat();
    const strange = await launch(other, await newCookie(indexer.url));
    expect((await other.request('GET', path(strange.sessionId, `blobs/${hashOf(content)}`))).status).toBe(404);
    const missing = await other.request('POST', path(strange.sessionId, 'blobs/missing'), {
      sha256: [hashOf(content)],
    });
    expect(await missing.json()).toEqual({ sha256: [hashOf(content)] });
    await other.request('POST', path(strange.sessionId, 'save'), {
      collectedAtMs: 0,
      final: false,
      content: { is: 'files', files: [file('theirs', content)] },
    });
    expect(await restored(strange.sessionId, other)).toBeUndefined();
    other.close();
  });

  it('is refused without a signature of its own over this very request', async () => {
    const { sessionId } = await launch();
    const get = path(sessionId, 'save');
    expect((await indexer.get(get)).status).toBe(401);
    // An edge may know the Indexer by any name.
    const [named] = await once(httpGet(new URL(get, indexer.url), { headers: { host: 'indexer' } }), 'response');
    expect((named as IncomingMessage).resume().statusCode).toBe(401);
    expect((await edge.request('GET', get, undefined, { path: '/edge/other' })).status).toBe(401);
    expect((await edge.request('GET', get, undefined, { atMs: Date.now() - 10 * 60_000 })).status).toBe(401);
    const bytes = Buffer.from('real');
    const put = path(sessionId, `blobs/${hashOf(bytes)}`);
    expect((await edge.request('PUT', put, bytes, { body: Buffer.from('signed') })).status).toBe(401);
    expect((await edge.request('PUT', put, Buffer.from('fake'))).status).toBe(400);
    expect((await edge.request('PUT', path(sessionId, 'blobs/..%2f..%2fetc'), bytes)).status).toBe(400);
  });

  it('cannot name a path outside the save folders', async () => {
    const { sessionId } = await launch();
    const content = Buffer.from('x');
    await put(sessionId, content);
    for (const bad of ['.bashrc', `${FOLDER}/../../.bashrc`, '/etc/passwd', `${FOLDER}/`, `${FOLDER}2/a`, '']) {
      const files = [{ ...file('a', content), path: bad }];
      await expect(report(sessionId, files), bad).rejects.toThrow('400');
    }
    const twice = [file('a', content), file('a', content)];
    await expect(report(sessionId, twice)).rejects.toThrow('once');
  });
});
