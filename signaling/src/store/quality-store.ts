import type { SessionId } from '@kilat/shared/ids';
import { QualityRecord } from '@kilat/shared/latency/quality';
import { sql } from 'kysely';
import type { Database } from './database.ts';

/** Windows kept of one session: as long as its resume token is good, 24 h of ten seconds each. */
export const MOST_WINDOWS = 8_640;

/** What players saw, window by window. */
export class QualityStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Stores a window once; whether it was new. A session that has `MOST_WINDOWS` gets no more. */
  async append(sessionId: SessionId, record: QualityRecord): Promise<boolean> {
    const stored = await this.#database.write((db) =>
      db
        .insertInto('quality_records')
        .columns(['session_id', 'window', 'record', 'stored_at_ms'])
        .expression((from) =>
          from
            .selectNoFrom([
              sql<string>`${sessionId}::text`.as('session_id'),
              sql<number>`${record.window}::integer`.as('window'),
              sql<string>`${JSON.stringify(record)}::jsonb`.as('record'),
              sql<number>`${Date.now()}::bigint`.as('stored_at_ms'),
            ])
            .where(
              from
                .selectFrom('quality_records')
                .select(({ fn }) => fn.countAll<number>().as('windows'))
                .where('session_id', '=', sessionId),
              '<',
              MOST_WINDOWS,
            ),
        )
        .onConflict((conflict) => conflict.columns(['session_id', 'window']).doNothing())
        .returning('window')
        .executeTakeFirst(),
    );
    return stored !== undefined;
  }

  async of(sessionId: SessionId): Promise<QualityRecord[]> {
    const rows = await this.#database.read((db) =>
      db.selectFrom('quality_records').select('record').where('session_id', '=', sessionId).orderBy('window').execute(),
    );
    return rows.map(({ record }) => QualityRecord.parse(record));
  }
}
