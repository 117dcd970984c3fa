import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import { ensureDatabaseFolder } from './database-folder.ts';
import { migrations } from './migrations.ts';
import type { DatabaseAnswer, DatabasePlace, DatabaseRequest } from './pglite-messages.ts';

// PGlite computes on the thread it lives in, and after a full disk it may compute for ever: on a thread of its own it
// neither delays a launch nor takes the Indexer with it.
const port = parentPort;
if (port === null) throw new Error('pglite-worker.ts runs as a worker thread only');
const { folder, cacheFolder } = workerData as DatabasePlace;
const answer = (message: DatabaseAnswer): void => port.postMessage(message);

try {
  const database = await open();
  port.on('message', (request: DatabaseRequest) => void serve(database, request));
  answer({ id: 0, ok: true, rows: [], affectedRows: undefined });
} catch (error) {
  answer({ id: 0, ok: false, ...described(error) });
}

async function open(): Promise<PGlite> {
  await ensureDatabaseFolder(folder, cacheFolder);
  const database = await PGlite.create(folder);
  const db = new Kysely<unknown>({ dialect: new PGliteDialect({ pglite: database }) });
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest();
  if (error !== undefined) throw error;
  return database;
}

async function serve(database: PGlite, request: DatabaseRequest): Promise<void> {
  try {
    if ('close' in request) {
      await database.close();
      answer({ id: request.id, ok: true, rows: [], affectedRows: undefined });
      port?.close();
      return;
    }
    const { rows, affectedRows } = await database.query(request.sql, [...request.parameters]);
    answer({ id: request.id, ok: true, rows, affectedRows });
  } catch (error) {
    answer({ id: request.id, ok: false, ...described(error) });
  }
}

function described(error: unknown): { message: string; code: string | undefined } {
  const { message, code } = error as { message?: string; code?: unknown };
  return { message: message ?? String(error), code: typeof code === 'string' ? code : undefined };
}
