import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { EdgeId, newPlayerId, TitleId } from '@kilat/shared/ids';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMetrics } from '../metrics.ts';
import { Database } from '../store/database.ts';
import { SessionStore } from '../store/session-store.ts';
import { LiveSessions } from './live-sessions.ts';

const log = pino({ level: 'silent' });
const edgeId = EdgeId.parse(`e_${'a'.repeat(40)}`);
let folder: string;
let database: Database;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kilat-refused-'));
  const cacheFolder = join(homedir(), '.cache', 'kilat');
  database = await Database.open({ folder: join(folder, 'database'), cacheFolder }, log);
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

it('an event whose text cannot be stored is stored without it, acknowledged, and followed by others', async () => {
  const store = new SessionStore(database);
  const sessions = new LiveSessions(store, createMetrics(), log);
  const { session, stored } = sessions.begin(newPlayerId(), TitleId.parse('freedoom'));
  await stored;
  session.edgeId = edgeId;
  const { sessionId } = session.facts;
  // Past the door nothing cleans it any more.
  const detail = 'its last words: \0';
  const sent = [
    { n: 1, atMs: 1, event: { type: 'reserved', edgeId, warmth: 'cold' } as const },
    { n: 2, atMs: 2, event: { type: 'ended', reason: 'title-crashed', detail, meteredSeconds: 3 } as const },
  ];
  expect(await sessions.receive(edgeId, sessionId, sent)).toBe(2);
  expect(session.state).toMatchObject({ is: 'ended', reason: 'title-crashed' });
  expect(database.failure).toBeUndefined();
  expect((await store.find(sessionId))?.events.map(({ event }) => event)).toEqual([
    { type: 'requested' },
    { type: 'reserved', edgeId, warmth: 'cold' },
    { type: 'ended', reason: 'title-crashed', meteredSeconds: 3 },
  ]);
  sessions.close();
});
