import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import { ensureDatabaseFolder } from './database-folder.ts';
import { migrations } from './migrations.ts';
import type { DatabaseAnswer, DatabaseRequest } from './pglite-messages.ts';

// PGlite computes on the thread it lives in, after a full disk it may compute for ever, and a fault of the WebAssembly
// engine ends the process it is in: in a process of its own it neither delays a launch nor takes the Indexer with it.
const [folder = '', cacheFolder = ''] = process.argv.slice(2);
const answer = (message: DatabaseAnswer): void => void process.send?.(message);
process.on('disconnect', () => process.exit());
// A terminal's Ctrl-C reaches the whole group; the Indexer closes its database itself, last of all.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});

try {
  const database = await open();
  process.on('message', (request: DatabaseRequest) => void serve(database, request));
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
      return process.disconnect();
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
