import type { ColumnType, Generated } from 'kysely';

/** A 64-bit number; drivers hand it out as a number or as text, readers pass it through `Number()`. */
type Big = ColumnType<number | string, number, never>;
/** JSON text in, parsed value out. */
type Json = ColumnType<unknown, string, never>;

/** Every row is written once and never changed: what a session came to is the fold of its events. */
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
  write_probes: { id: number; at_ms: ColumnType<number | string, number, number> };
}
