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

  /** Stores windows, each once, and gives those that were new. A session that has `MOST_WINDOWS` gets no more. */
  async append(sessionId: SessionId, records: readonly QualityRecord[]): Promise<QualityRecord[]> {
    const { rows } = await this.#database.write((db) =>
      sql<{ window: number }>`
        insert into quality_records (session_id, "window", record, stored_at_ms)
        select ${sessionId}, (record ->> 'window')::integer, record, ${Date.now()}::bigint
        from jsonb_array_elements(${JSON.stringify(records)}::jsonb) as sent (record)
        where (select count(*) from quality_records where session_id = ${sessionId}) < ${MOST_WINDOWS}::integer
        on conflict (session_id, "window") do nothing
        returning "window"`.execute(db),
    );
    return rows.flatMap(({ window }) => records.find((record) => record.window === window) ?? []);
  }

  async of(sessionId: SessionId): Promise<QualityRecord[]> {
    const rows = await this.#database.read((db) =>
      db.selectFrom('quality_records').select('record').where('session_id', '=', sessionId).orderBy('window').execute(),
    );
    return rows.map(({ record }) => QualityRecord.parse(record));
  }
}
