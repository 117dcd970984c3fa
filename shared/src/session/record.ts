import { z } from 'zod';
import { PlayerId, SessionId, TitleId } from '../ids.ts';
import { QualityRecord } from '../latency/quality.ts';
import { EpochMs } from '../units.ts';
import { NumberedEvent } from './life.ts';

/** Body of `GET /api/sessions/<id>`, for its own player: everything that was written down of a session, in order. */
export const SessionRecord = z.object({
  sessionId: SessionId,
  playerId: PlayerId,
  titleId: TitleId,
  titleName: z.string(),
  requestedAtMs: EpochMs,
  /** `n` counts per source: the edge's own events and the Indexer's are numbered apart. */
  events: z.array(NumberedEvent.extend({ source: z.enum(['edge', 'indexer']) })),
  quality: z.array(QualityRecord),
});
export type SessionRecord = z.infer<typeof SessionRecord>;
