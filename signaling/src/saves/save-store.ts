import { type PlayerId, SessionId, TitleId } from '@kilat/shared/ids';
import { BlobHash, type SavedFile, SavedFiles, SaveProblem, SaveVersionId } from '@kilat/shared/save/save';
import { sql } from 'kysely';
import type { Database } from '../store/database.ts';

/** Whose saves: one player's of one title. */
export interface SavesOf {
  playerId: PlayerId;
  titleId: TitleId;
}

/** A version without its files, as lists show it. */
export interface SaveVersion {
  versionId: SaveVersionId;
  titleId: TitleId;
  sessionId: SessionId | null;
  requestedAtMs: number;
  collectedAtMs: number;
  bytes: number;
  fileCount: number;
  problem: SaveProblem | null;
}

/** A version that is to be written. */
export type NewSaveVersion = SavesOf & {
  versionId: SaveVersionId;
  sessionId: SessionId | null;
  requestedAtMs: number;
  collectedAtMs: number;
  problem: SaveProblem | null;
  files: SavedFile[];
};

/** What is written down of saves: versions, the blobs they name, and blobs on their way into one. */
export class SaveStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** A player's versions, of one title or of all, the newest first. */
  async versions(playerId: PlayerId, titleId?: TitleId): Promise<SaveVersion[]> {
    const rows = await this.#database.read((db) =>
      db
        .selectFrom('save_versions')
        .select(['version_id', 'title_id', 'session_id', 'requested_at_ms', 'collected_at_ms', 'bytes', 'problem'])
        .select(sql<number>`jsonb_array_length(files)`.as('file_count'))
        .where('player_id', '=', playerId)
        .$if(titleId !== undefined, (query) => query.where('title_id', '=', titleId as string))
        .orderBy('n', 'desc')
        .execute(),
    );
    return rows.map((row) => ({
      versionId: SaveVersionId.parse(row.version_id),
      titleId: TitleId.parse(row.title_id),
      sessionId: row.session_id === null ? null : SessionId.parse(row.session_id),
      requestedAtMs: Number(row.requested_at_ms),
      collectedAtMs: Number(row.collected_at_ms),
      bytes: Number(row.bytes),
      fileCount: Number(row.file_count),
      problem: SaveProblem.nullable().parse(row.problem),
    }));
  }

  /** The files of one of a player's versions. */
  async files({ playerId, titleId }: SavesOf, versionId: SaveVersionId): Promise<SavedFile[] | undefined> {
    const row = await this.#database.read((db) =>
      db
        .selectFrom('save_versions')
        .select('files')
        .where('player_id', '=', playerId)
        .where('title_id', '=', titleId)
        .where('version_id', '=', versionId)
        .executeTakeFirst(),
    );
    return row === undefined ? undefined : SavedFiles.parse(row.files);
  }

  /** Writes a version and the blobs it names in one step: either all of it is there, or nothing. */
  async add({ playerId, titleId, files, ...version }: NewSaveVersion): Promise<void> {
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const hashes = [...new Set(files.map(({ sha256 }) => sha256))];
    await this.#database.write((db) =>
      sql`
        with version as (
          insert into save_versions (version_id, player_id, title_id, session_id, requested_at_ms, collected_at_ms,
            stored_at_ms, bytes, problem, files)
          values (${version.versionId}, ${playerId}, ${titleId}, ${version.sessionId}, ${version.requestedAtMs},
            ${version.collectedAtMs}, ${Date.now()}, ${bytes}, ${version.problem}, ${JSON.stringify(files)}::text::jsonb)
          returning version_id
        )
        insert into save_version_blobs (version_id, sha256)
        select version.version_id, hash from version, jsonb_array_elements_text(${JSON.stringify(hashes)}::text::jsonb) hash
      `.execute(db),
    );
  }

  /** Removes versions; the blobs they named. */
  async remove({ playerId, titleId }: SavesOf, versionIds: readonly SaveVersionId[]): Promise<BlobHash[]> {
    if (versionIds.length === 0) return [];
    const { rows } = await this.#database.write((db) =>
      sql<{ sha256: string }>`
        with gone as (
          delete from save_versions where player_id = ${playerId} and title_id = ${titleId}
            and version_id in (${sql.join(versionIds)}) returning version_id
        )
        delete from save_version_blobs using gone where save_version_blobs.version_id = gone.version_id
        returning sha256
      `.execute(db),
    );
    return [...new Set(rows.map(({ sha256 }) => BlobHash.parse(sha256)))];
  }

  /** Marks every version that names the blob; those that were good until now, of this player. */
  async markCorrupt({ playerId, titleId }: SavesOf, sha256: BlobHash): Promise<SaveVersionId[]> {
    const rows = await this.#database.write((db) =>
      db
        .updateTable('save_versions')
        .set({ problem: 'corrupt' })
        .where('problem', 'is', null)
        .where('version_id', 'in', (query) =>
          query.selectFrom('save_version_blobs').select('version_id').where('sha256', '=', sha256),
        )
        .returning(['version_id', 'player_id', 'title_id'])
        .execute(),
    );
    return rows
      .filter((row) => row.player_id === playerId && row.title_id === titleId)
      .map((row) => SaveVersionId.parse(row.version_id));
  }

  /** Of these blobs, the ones that this player's versions of the title name. */
  async named({ playerId, titleId }: SavesOf, hashes: readonly BlobHash[]): Promise<Set<BlobHash>> {
    if (hashes.length === 0) return new Set();
    const rows = await this.#database.read((db) =>
      db
        .selectFrom('save_version_blobs')
        .innerJoin('save_versions', 'save_versions.version_id', 'save_version_blobs.version_id')
        .select('save_version_blobs.sha256')
        .distinct()
        .where('save_versions.player_id', '=', playerId)
        .where('save_versions.title_id', '=', titleId)
        .where('save_version_blobs.sha256', 'in', [...hashes])
        .execute(),
    );
    return new Set(rows.map(({ sha256 }) => BlobHash.parse(sha256)));
  }

  /** What a session's edge has brought and no version names yet: hash → bytes. */
  async uploads(sessionId: SessionId): Promise<Map<BlobHash, number>> {
    const rows = await this.#database.read((db) =>
      db.selectFrom('save_uploads').select(['sha256', 'bytes']).where('session_id', '=', sessionId).execute(),
    );
    return new Map(rows.map(({ sha256, bytes }) => [BlobHash.parse(sha256), Number(bytes)]));
  }

  async addUpload(sessionId: SessionId, sha256: BlobHash, bytes: number): Promise<void> {
    const nowMs = Date.now();
    await this.#database.write((db) =>
      db
        .insertInto('save_uploads')
        .values({ session_id: sessionId, sha256, bytes, at_ms: nowMs })
        .onConflict((conflict) => conflict.columns(['session_id', 'sha256']).doUpdateSet({ at_ms: nowMs }))
        .execute(),
    );
  }

  /** Forgets a session's uploads: a version names them now. */
  async settleUploads(sessionId: SessionId): Promise<BlobHash[]> {
    const rows = await this.#database.write((db) =>
      db.deleteFrom('save_uploads').where('session_id', '=', sessionId).returning('sha256').execute(),
    );
    return rows.map(({ sha256 }) => BlobHash.parse(sha256));
  }

  /** Forgets uploads that no version came to name since `beforeMs`. */
  async dropUploads(beforeMs: number): Promise<BlobHash[]> {
    const rows = await this.#database.write((db) =>
      db.deleteFrom('save_uploads').where('at_ms', '<', beforeMs).returning('sha256').execute(),
    );
    return rows.map(({ sha256 }) => BlobHash.parse(sha256));
  }

  /** Of these blobs, the ones that no version and no upload needs. */
  async unneeded(hashes: readonly BlobHash[]): Promise<BlobHash[]> {
    if (hashes.length === 0) return [];
    const { rows } = await this.#database.read((db) =>
      sql<{ sha256: string }>`
        select hash as sha256 from jsonb_array_elements_text(${JSON.stringify(hashes)}::text::jsonb) hash
        where not exists(select 1 from save_version_blobs where sha256 = hash)
          and not exists(select 1 from save_uploads where sha256 = hash)
      `.execute(db),
    );
    return rows.map(({ sha256 }) => BlobHash.parse(sha256));
  }
}
