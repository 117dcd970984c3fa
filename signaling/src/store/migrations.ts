import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Steps from an empty database to the present tables, by name in order; a released step never changes. */
export const migrations: Record<string, Migration> = {
  '0001-first-tables': { up: firstTables },
  '0002-saves': { up: saves },
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

// biome-ignore lint/suspicious/noExplicitAny: as above.
async function saves(db: Kysely<any>): Promise<void> {
  await db.schema
    .createTable('save_versions')
    .addColumn('n', 'bigserial', (column) => column.primaryKey())
    .addColumn('version_id', 'text', (column) => column.notNull().unique())
    .addColumn('player_id', 'text', (column) => column.notNull())
    .addColumn('title_id', 'text', (column) => column.notNull())
    .addColumn('session_id', 'text')
    .addColumn('requested_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('collected_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('stored_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('bytes', 'bigint', (column) => column.notNull())
    .addColumn('problem', 'text')
    .addColumn('files', 'jsonb', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('save_versions_of').on('save_versions').columns(['player_id', 'title_id', 'n']).execute();
  await db.schema
    .createTable('save_version_blobs')
    .addColumn('version_id', 'text', (column) => column.notNull())
    .addColumn('sha256', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('save_version_blobs_once', ['version_id', 'sha256'])
    .execute();
  await db.schema.createIndex('save_version_blobs_by_blob').on('save_version_blobs').column('sha256').execute();
  await db.schema
    .createTable('save_uploads')
    .addColumn('session_id', 'text', (column) => column.notNull())
    .addColumn('sha256', 'text', (column) => column.notNull())
    .addColumn('bytes', 'bigint', (column) => column.notNull())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('save_uploads_once', ['session_id', 'sha256'])
    .execute();
  await db.schema.createIndex('save_uploads_by_blob').on('save_uploads').column('sha256').execute();
}
