import { EdgeId, SessionId, TitleId } from '@kilat/shared/ids';
import { z } from 'zod';

const spread = z.object({ p50: z.number(), p95: z.number() }).nullable();
const figure = z.number().nullable();

/** One session as the operator sees it. */
export const SessionStatus = z.object({
  sessionId: SessionId,
  titleId: TitleId,
  titleName: z.string(),
  state: z.enum(['starting', 'playing', 'held', 'ended']),
  cores: z.object({ session: z.number(), game: z.number(), display: z.number(), sound: z.number() }).nullable(),
  memoryMb: figure,
  fps: z.number(),
  encodeMs: spread,
  frameMs: spread,
  inputMs: spread,
  late: z.number(),
  dropped: z.number(),
});

/** Everything `npm run edge -- status` and the operator's page show; `/api/status` of the running edge. */
export const EdgeStatus = z.object({
  atMs: z.number(),
  edgeId: EdgeId,
  provider: z.string(),
  region: z.string(),
  upSinceMs: z.number(),
  indexer: z.object({ url: z.string(), connected: z.boolean() }),
  worker: z.object({ alive: z.boolean() }),
  encoder: z.string(),
  /** Who draws titles' OpenGL. */
  drawnBy: z.string(),
  /** Since when no new session is taken; null while they are. */
  drainingSinceMs: figure,
  slots: z.object({ count: z.number(), free: z.number() }),
  warm: z.array(z.object({ titleId: TitleId, wanted: z.number(), ready: z.number(), warming: z.number() })),
  admission: z.object({
    by: z.enum(['measured', 'slots']),
    open: z.boolean(),
    why: z.string().nullable(),
    lastRefusal: z.object({ atMs: z.number(), resource: z.string(), detail: z.string() }).nullable(),
  }),
  machine: z.object({
    cpu: z.string(),
    cores: z.number(),
    busyCores: figure,
    otherCores: figure,
    memoryMb: z.number(),
    memoryAvailableMb: figure,
    gpus: z.array(
      z.object({
        name: z.string(),
        busyPercent: figure,
        memoryUsedMb: figure,
        memoryTotalMb: figure,
        celsius: figure,
      }),
    ),
    temperatures: z.array(z.object({ sensor: z.string(), celsius: z.number() })),
  }),
  costs: z.array(z.object({ titleId: TitleId, cores: z.number(), memoryMb: z.number() })),
  sessions: z.array(SessionStatus),
  history: z.array(
    z.object({
      atMs: z.number(),
      sessions: z.number(),
      busyCores: figure,
      slowestFps: figure,
      totalFps: figure,
      encodeP95Ms: figure,
      frameP95Ms: figure,
      inputP95Ms: figure,
    }),
  ),
  troubles: z.array(z.object({ atMs: z.number(), text: z.string() })),
});
export type EdgeStatus = z.infer<typeof EdgeStatus>;
export type SessionStatus = z.infer<typeof SessionStatus>;
