import type { EdgeId } from '@kilat/shared/ids';
import type { Database } from './database.ts';

/** Which edges are let in, and which enrolment tokens have served. */
export class EdgeStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async isEnrolled(edgeId: EdgeId): Promise<boolean> {
    const row = await this.#database.read((db) =>
      db.selectFrom('edges').select('edge_id').where('edge_id', '=', edgeId).executeTakeFirst(),
    );
    return row !== undefined;
  }

  /**
   * Lets a new edge in with a token; false where the token has served another edge. The token is claimed first: an
   * Indexer that dies between the two writes leaves a token that still lets in the same edge, and no other.
   */
  async enrol(edgeId: EdgeId, tokenId: string): Promise<boolean> {
    const nowMs = Date.now();
    await this.#database.write((db) =>
      db
        .insertInto('used_tokens')
        .values({ token_id: tokenId, edge_id: edgeId, used_at_ms: nowMs })
        .onConflict((conflict) => conflict.column('token_id').doNothing())
        .execute(),
    );
    const claim = await this.#database.read((db) =>
      db.selectFrom('used_tokens').select('edge_id').where('token_id', '=', tokenId).executeTakeFirst(),
    );
    if (claim?.edge_id !== edgeId) return false;
    await this.#database.write((db) =>
      db
        .insertInto('edges')
        .values({ edge_id: edgeId, enrolled_at_ms: nowMs })
        .onConflict((conflict) => conflict.column('edge_id').doNothing())
        .execute(),
    );
    return true;
  }
}
