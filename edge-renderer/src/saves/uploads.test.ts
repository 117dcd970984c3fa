import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newSessionId, type SessionId } from '@kilat/shared/ids';
import { BlobHash, SaveReport } from '@kilat/shared/save/save';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { loadEdgeKey } from '../indexer-link/edge-key.ts';
import { IndexerSaves } from './indexer-saves.ts';
import { leftParcels, type Parcel, ParcelDraft } from './parcels.ts';
import { Uploads } from './uploads.ts';

let place: string;
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'kilat-uploads-'));
});
afterEach(() => rm(place, { recursive: true }));

const content = Buffer.from('level 9');
const sha256 = BlobHash.parse(createHash('sha256').update(content).digest('hex'));
const file = { path: 'saves/one', sha256, bytes: content.length, mode: 0o644, modifiedMs: 0 };

async function lastSave(sessionId: SessionId): Promise<Parcel> {
  const draft = await ParcelDraft.begin(place);
  await draft.keep(sha256, content);
  return draft.seal(sessionId, { collectedAtMs: 1, final: true, content: { is: 'files', files: [file] } });
}

/** An Indexer that refuses every version for good; resolves with the first report that holds none. */
async function refusingIndexer() {
  const told = Promise.withResolvers<SaveReport>();
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    if (request.url?.endsWith('/save') && body.length > 0) {
      const report = SaveReport.parse(JSON.parse(body.toString()));
      if (report.content.is !== 'files') {
        told.resolve(report);
        return response.end(JSON.stringify({ is: 'noted' }));
      }
    }
    response.writeHead(400).end(JSON.stringify({ error: 'over-limit', detail: 'The title may store 1 MiB.' }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, told: told.promise };
}

test('a last save that the Indexer will never take is kept aside, not offered again, and the player is told', async () => {
  const { url, told } = await refusingIndexer();
  const uploads = new Uploads(new IndexerSaves(url, await loadEdgeKey(place)), pino({ level: 'silent' }));
  const sessionId = newSessionId();
  const done = Promise.withResolvers<string>();
  uploads.add(await lastSave(sessionId), done.resolve);
  expect(await done.promise).toBe('refused');
  expect(await told).toMatchObject({ final: true, content: { is: 'uncollected', problem: 'not-collected' } });
  await uploads.close(1_000);
  expect(await leftParcels(place)).toEqual([]);
  const [kept = ''] = await readdir(join(place, 'refused'));
  expect(kept).toContain(sessionId);
  expect(await readFile(join(place, 'refused', kept, sha256))).toEqual(content);
});

test('of what was refused the newest 16 are kept', async () => {
  for (let nth = 0; nth < 18; nth++) await (await lastSave(newSessionId())).setAside();
  expect(await readdir(join(place, 'refused'))).toHaveLength(16);
});
