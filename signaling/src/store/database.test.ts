import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { EdgeId, newPlayerId, newSessionId, type SessionId, TitleId } from '@kilat/shared/ids';
import type { QualityRecord } from '@kilat/shared/latency/quality';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { qualityRecord } from '../testing/player-peer.ts';
import { SmallDisk } from '../testing/small-disk.ts';
import { Database, isRefusedData } from './database.ts';
import { EdgeStore } from './edge-store.ts';
import { MOST_WINDOWS, QualityStore } from './quality-store.ts';
import { SessionStore } from './session-store.ts';

const cacheFolder = join(homedir(), '.cache', 'kilat');
const log = pino({ level: 'silent' });
const edgeA = EdgeId.parse(`e_${'a'.repeat(40)}`);
const edgeB = EdgeId.parse(`e_${'b'.repeat(40)}`);
/** Its window is one more than PostgreSQL's integers hold. */
const QUALITY_ROW = { window: 2 ** 31, record: '{}', stored_at_ms: 1 };

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('the database', () => {
  let folder: string;
  let database: Database;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kilat-database-'));
    database = await Database.open({ folder: join(folder, 'database'), cacheFolder }, log);
  });
  afterEach(async () => {
    await database.close();
    await rm(folder, { recursive: true });
  });

  it('keeps sessions and their events in order, each once, also when it is opened again', async () => {
    const sessions = new SessionStore(database);
    const facts = {
      sessionId: newSessionId(),
      playerId: newPlayerId(),
      titleId: TitleId.parse('freedoom'),
      requestedAtMs: 1_795_000_000_000,
    };
    const requested = { source: 'indexer', n: 1, atMs: 1_795_000_000_000, event: { type: 'requested' } } as const;
    const reserved = {
      source: 'edge',
      n: 1,
      atMs: 1_795_000_000_001,
      event: { type: 'reserved', edgeId: edgeA, warmth: 'cold' },
    } as const;
    const ended = {
      source: 'edge',
      n: 2,
      atMs: 1_795_000_000_002,
      event: { type: 'ended', reason: 'left', meteredSeconds: 1.5 },
    } as const;
    await sessions.add(facts);
    await sessions.append(facts.sessionId, [requested]);
    await sessions.append(facts.sessionId, [reserved]);
    await sessions.append(facts.sessionId, [reserved, requested]);
    expect(await sessions.unfinished()).toEqual([{ facts, events: [requested, reserved] }]);
    await database.close();
    database = await Database.open({ folder: join(folder, 'database'), cacheFolder }, log);
    const again = new SessionStore(database);
    await again.append(facts.sessionId, [ended]);
    expect(await again.find(facts.sessionId)).toEqual({ facts, events: [requested, reserved, ended] });
    expect(await again.unfinished()).toEqual([]);
    expect(await again.find(newSessionId())).toBeUndefined();
  });

  it('goes on after data it cannot take: the caller is told, nobody else is refused', async () => {
    const facts = {
      sessionId: newSessionId(),
      playerId: newPlayerId(),
      titleId: TitleId.parse('freedoom'),
      requestedAtMs: 1,
    };
    const sessions = new SessionStore(database);
    await sessions.add(facts);
    const ended = (detail: string) => ({
      source: 'edge' as const,
      n: 1,
      atMs: 1,
      event: { type: 'ended' as const, reason: 'title-crashed' as const, detail, meteredSeconds: 1 },
    });
    for (const detail of ['bad\0', '\ud83c']) {
      const refused = sessions.append(facts.sessionId, [ended(detail)]);
      await expect(refused).rejects.toSatisfy(isRefusedData);
      expect(database.failure).toBeUndefined();
    }
    const tooLarge = database.write((db) =>
      db
        .insertInto('quality_records')
        .values({ ...QUALITY_ROW, session_id: facts.sessionId })
        .execute(),
    );
    await expect(tooLarge).rejects.toSatisfy(isRefusedData);
    expect(database.failure).toBeUndefined();
    await sessions.append(facts.sessionId, [ended('good')]);
    expect((await sessions.find(facts.sessionId))?.events).toHaveLength(1);
  });

  it('is there again when its process was killed, with all that was acknowledged', async () => {
    const edges = new EdgeStore(database);
    expect(await edges.enrol(edgeA, 'token')).toBe(true);
    const killed = database.pid as number;
    const recovered = new Promise<void>((resolve) => database.onRecovered(resolve));
    process.kill(killed, 'SIGKILL');
    await recovered;
    expect(database.pid).not.toBe(killed);
    expect(await edges.isEnrolled(edgeA)).toBe(true);
    expect(await edges.enrol(edgeB, 'token')).toBe(false);
    await database.close();
    expect(isRunning(database.pid as number)).toBe(false);
  });

  it('keeps a day of a session’s quality windows and no more', async () => {
    const facts = { sessionId: newSessionId(), playerId: newPlayerId(), titleId: TitleId.parse('freedoom') };
    await new SessionStore(database).add({ ...facts, requestedAtMs: 1 });
    await database.write((db) =>
      sql`insert into quality_records select ${facts.sessionId}, n, '{}', 0 from generate_series(1, ${MOST_WINDOWS - 1}::int) n`.execute(
        db,
      ),
    );
    const quality = new QualityStore(database);
    const windows = async (sessionId: SessionId, ...records: QualityRecord[]) =>
      (await quality.append(sessionId, records)).map(({ window }) => window);
    expect(await windows(facts.sessionId, qualityRecord(0), qualityRecord(1))).toEqual([0]);
    expect(await windows(facts.sessionId, qualityRecord(0), qualityRecord(50_000))).toEqual([]);
    const other = newSessionId();
    await new SessionStore(database).add({ ...facts, sessionId: other, requestedAtMs: 1 });
    expect(await windows(other, qualityRecord(50_000))).toEqual([50_000]);
    expect(await quality.of(other)).toEqual([{ ...qualityRecord(50_000), startedAtMs: expect.any(Number) }]);
  });

  it('gives a token to one edge and no other, even among many at a time', async () => {
    const edges = new EdgeStore(database);
    const outcomes = await Promise.all([edgeA, edgeB, edgeA, edgeB].map((edgeId) => edges.enrol(edgeId, 'token')));
    // Which of them comes first is the connections' affair.
    const hasA = outcomes[0];
    expect(outcomes).toEqual([hasA, !hasA, hasA, !hasA]);
    expect([await edges.isEnrolled(edgeA), await edges.isEnrolled(edgeB)]).toEqual([hasA, !hasA]);
  });
});

const disk = await SmallDisk.mount(110);

describe.skipIf(disk === undefined)('on a full disk (needs root to mount one)', () => {
  const rowsOf = (count: number) =>
    sql`insert into used_tokens select gen_random_uuid()::text, repeat('x', 900), 0 from generate_series(1, ${count}::int)`;

  it('refuses writes at once, and goes on when there is room again', { timeout: 60_000 }, async () => {
    if (disk === undefined) return;
    const database = await Database.open({ folder: join(disk.folder, 'database'), cacheFolder }, log);
    const recovered = new Promise<void>((resolve) => database.onRecovered(resolve));
    try {
      await database.write((db) => rowsOf(1).execute(db));
      await disk.fill(16 * 2 ** 20);
      await eventually(() => expect(database.write((db) => rowsOf(1).execute(db))).rejects.toThrow('MiB left'));
      expect(database.failure).toContain('MiB left');
      const startedMs = performance.now();
      await expect(database.write((db) => rowsOf(1).execute(db))).rejects.toThrow();
      expect(performance.now() - startedMs).toBeLessThan(50);
      await disk.makeRoom();
      await recovered;
      expect(database.failure).toBeUndefined();
      await database.write((db) => rowsOf(1).execute(db));
      // It stays: a second attempt, two seconds later, would end a process that is well.
      const { pid } = database;
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      expect([database.pid, database.failure]).toEqual([pid, undefined]);
    } finally {
      await database.close();
      await rm(join(disk.folder, 'database'), { recursive: true });
    }
  });

  it('survives a database that stops answering because its log had no room', { timeout: 90_000 }, async () => {
    if (disk === undefined) return;
    const database = await Database.open({ folder: join(disk.folder, 'database'), cacheFolder }, log, 0);
    const recovered = new Promise<void>((resolve) => database.onRecovered(resolve));
    try {
      await disk.fill(9 * 2 ** 20);
      const fillLog = async (): Promise<void> => {
        for (;;) await database.write((db) => rowsOf(200).execute(db));
      };
      await expect(fillLog()).rejects.toThrow();
      expect(database.failure).toBeDefined();
      await disk.makeRoom();
      await recovered;
      await database.write((db) => rowsOf(1).execute(db));
    } finally {
      await database.close();
      await disk.remove();
    }
  });
});
