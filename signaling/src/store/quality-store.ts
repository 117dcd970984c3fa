import type { SessionId } from '@kilat/shared/ids';
import { QualityRecord } from '@kilat/shared/latency/quality';
import type { Database } from './database.ts';

/** What players saw, window by window. */
export class QualityStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Stores a window once; whether it was new. */
  async append(sessionId: SessionId, record: QualityRecord): Promise<boolean> {
    const stored = await this.#database.write((db) =>
      db
        .insertInto('quality_records')
        .values({
          session_id: sessionId,
          window: record.window,
          record: JSON.stringify(record),
          stored_at_ms: Date.now(),
        })
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
