import type { ColumnType, Generated } from 'kysely';

/** A 64-bit number; drivers hand it out as a number or as text, readers pass it through `Number()`. */
type Big = ColumnType<number | string, number, never>;
/** JSON text in, parsed value out. */
type Json = ColumnType<unknown, string, never>;

/** Rows are written once and never changed, those of saves excepted: what a session came to is the fold of its events. */
export interface Tables {
  edges: { edge_id: string; enrolled_at_ms: Big };
  used_tokens: { token_id: string; edge_id: string; used_at_ms: Big };
  sessions: { session_id: string; player_id: string; title_id: string; requested_at_ms: Big };
  session_events: {
    id: Generated<Big>;
    session_id: string;
    source: 'edge' | 'indexer';
    n: number;
    at_ms: Big;
    type: string;
    event: Json;
  };
  quality_records: { session_id: string; window: number; record: Json; stored_at_ms: Big };
  /** A version of a player's saves of one title; `n` orders them. `problem`: why it is not one that a launch brings back. */
  save_versions: {
    n: Generated<Big>;
    version_id: string;
    player_id: string;
    title_id: string;
    /** Null: an older version that the player brought back. */
    session_id: string | null;
    /** When that session was launched, or the version brought back. */
    requested_at_ms: Big;
    collected_at_ms: Big;
    stored_at_ms: Big;
    bytes: Big;
    problem: ColumnType<string | null, string | null, string | null>;
    files: Json;
  };
  save_version_blobs: { version_id: string; sha256: string };
  /** Blobs that a session's edge has brought and no version names yet. */
  save_uploads: {
    session_id: string;
    sha256: string;
    bytes: Big;
    at_ms: ColumnType<number | string, number, number>;
  };
  write_probes: { id: number; at_ms: ColumnType<number | string, number, number> };
}
