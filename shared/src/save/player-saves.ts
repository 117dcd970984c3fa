import { z } from 'zod';
import { SessionId, TitleId } from '../ids.ts';
import { EpochMs } from '../units.ts';
import { SaveProblem, SaveVersionId } from './save.ts';

/** One version as its player sees it. `current`: the one that the next launch brings back. */
export const PlayerSaveVersion = z.object({
  versionId: SaveVersionId,
  collectedAtMs: EpochMs,
  bytes: z.number().int().nonnegative(),
  files: z.number().int().nonnegative(),
  /** The session that wrote it; null: an older version that the player brought back. */
  sessionId: SessionId.nullable(),
  current: z.boolean(),
  /** Null: a good version. */
  problem: SaveProblem.nullable(),
});
export type PlayerSaveVersion = z.infer<typeof PlayerSaveVersion>;

/** A player's versions of one title, the newest first. */
export const PlayerSaves = z.object({
  titleId: TitleId,
  titleName: z.string(),
  maxMb: z.number(),
  versions: z.array(PlayerSaveVersion),
});
export type PlayerSaves = z.infer<typeof PlayerSaves>;

/** Body of `GET /api/saves`. */
export const AllPlayerSaves = z.object({ titles: z.array(PlayerSaves) });
export type AllPlayerSaves = z.infer<typeof AllPlayerSaves>;

/**
 * Body of `GET /api/sessions/<id>/saves`: what became of one session's saves. `settled`: nothing more is to come from
 * its edge. Null `saves`: the title keeps none.
 */
export const SessionSaves = z.object({
  saves: PlayerSaves.nullable(),
  settled: z.boolean(),
  problems: z.array(SaveProblem),
});
export type SessionSaves = z.infer<typeof SessionSaves>;
