import { PlayerId, SessionId, TitleId } from '@kilat/shared/ids';
import { NumberedEvent } from '@kilat/shared/session/life';
import type { Database } from './database.ts';

/** Who wrote an event; each source numbers its own from 1. */
export type EventSource = 'edge' | 'indexer';
/** An event with its number and author. */
export type SourcedEvent = NumberedEvent & { source: EventSource };

/** What is known of a session from its first moment on. */
export interface SessionFacts {
  sessionId: SessionId;
  playerId: PlayerId;
  titleId: TitleId;
  requestedAtMs: number;
}

/** A session as it was written down: facts, and events in the order they were stored. */
export interface StoredSession {
  facts: SessionFacts;
  events: SourcedEvent[];
}

/** Sessions and their append-only events. */
export class SessionStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async add(facts: SessionFacts): Promise<void> {
    await this.#database.write((db) =>
      db
        .insertInto('sessions')
        .values({
          session_id: facts.sessionId,
          player_id: facts.playerId,
          title_id: facts.titleId,
          requested_at_ms: facts.requestedAtMs,
        })
        .onConflict((conflict) => conflict.column('session_id').doNothing())
        .execute(),
    );
  }

  /** Appends events; those already there by number and source stay as they are. */
  async append(sessionId: SessionId, events: readonly SourcedEvent[]): Promise<void> {
    await this.#database.write((db) =>
      db
        .insertInto('session_events')
        .values(
          events.map(({ source, n, atMs, event }) => ({
            session_id: sessionId,
            source,
            n,
            at_ms: atMs,
            type: event.type,
            event: JSON.stringify(event),
          })),
        )
        .onConflict((conflict) => conflict.columns(['session_id', 'n', 'source']).doNothing())
        .execute(),
    );
  }

  async find(sessionId: SessionId): Promise<StoredSession | undefined> {
    const row = await this.#database.read((db) =>
      db.selectFrom('sessions').selectAll().where('session_id', '=', sessionId).executeTakeFirst(),
    );
    return row === undefined ? undefined : await this.#withEvents(row);
  }

  /** Every session that was not written down as ended. */
  async unfinished(): Promise<StoredSession[]> {
    const rows = await this.#database.read((db) =>
      db
        .selectFrom('sessions')
        .selectAll()
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('session_events')
                .select('session_events.id')
                .whereRef('session_events.session_id', '=', 'sessions.session_id')
                .where('session_events.type', '=', 'ended'),
            ),
          ),
        )
        .orderBy('requested_at_ms')
        .execute(),
    );
    return await Promise.all(rows.map((row) => this.#withEvents(row)));
  }

  async #withEvents(row: {
    session_id: string;
    player_id: string;
    title_id: string;
    requested_at_ms: number | string;
  }): Promise<StoredSession> {
    const rows = await this.#database.read((db) =>
      db
        .selectFrom('session_events')
        .select(['source', 'n', 'at_ms', 'event'])
        .where('session_id', '=', row.session_id)
        .orderBy('id')
        .execute(),
    );
    return {
      facts: {
        sessionId: SessionId.parse(row.session_id),
        playerId: PlayerId.parse(row.player_id),
        titleId: TitleId.parse(row.title_id),
        requestedAtMs: Number(row.requested_at_ms),
      },
      events: rows.map(({ source, n, at_ms, event }) => ({
        source,
        ...NumberedEvent.parse({ n, atMs: Number(at_ms), event }),
      })),
    };
  }
}
