import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Steps from an empty database to the present tables, by name in order; a released step never changes. */
export const migrations: Record<string, Migration> = {
  '0001-first-tables': { up: firstTables },
};

// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables of its own time, not today's.
async function firstTables(db: Kysely<any>): Promise<void> {
  await db.schema
    .createTable('edges')
    .addColumn('edge_id', 'text', (column) => column.primaryKey())
    .addColumn('enrolled_at_ms', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('used_tokens')
    .addColumn('token_id', 'text', (column) => column.primaryKey())
    .addColumn('edge_id', 'text', (column) => column.notNull())
    .addColumn('used_at_ms', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('sessions')
    .addColumn('session_id', 'text', (column) => column.primaryKey())
    .addColumn('player_id', 'text', (column) => column.notNull())
    .addColumn('title_id', 'text', (column) => column.notNull())
    .addColumn('requested_at_ms', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('session_events')
    .addColumn('id', 'bigserial', (column) => column.primaryKey())
    .addColumn('session_id', 'text', (column) => column.notNull().references('sessions.session_id'))
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('n', 'integer', (column) => column.notNull())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('event', 'jsonb', (column) => column.notNull())
    .addUniqueConstraint('session_events_once', ['session_id', 'n', 'source'])
    .execute();
  await db.schema.createIndex('session_events_by_type').on('session_events').columns(['type', 'session_id']).execute();
  await db.schema
    .createTable('quality_records')
    .addColumn('session_id', 'text', (column) => column.notNull().references('sessions.session_id'))
    .addColumn('window', 'integer', (column) => column.notNull())
    .addColumn('record', 'jsonb', (column) => column.notNull())
    .addColumn('stored_at_ms', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('quality_records_once', ['session_id', 'window'])
    .execute();
  await db.schema
    .createTable('write_probes')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .execute();
}
