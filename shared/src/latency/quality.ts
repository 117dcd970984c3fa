import { z } from 'zod';
import { EpochMs } from '../units.ts';
import { LATENCY_STAGES } from './stages.ts';

const DistributionRecord = z.object({
  n: z.number().int(),
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
  max: z.number(),
});

/**
 * What a player saw in one window (ten seconds, or less at the end). Appended, never changed; `window` counts from 0
 * within a session, so that a repeated report is stored once.
 */
export const QualityRecord = z.object({
  window: z.number().int().nonnegative().max(100_000),
  startedAtMs: EpochMs,
  durationMs: z.number().positive(),
  /** `photon` in a probe title (the frame carries the input), else `next-frame`. */
  measure: z.enum(['photon', 'next-frame']),
  inputs: z.object({ sent: z.number().int(), matched: z.number().int(), unmatched: z.number().int() }),
  latencyMs: DistributionRecord.nullable(),
  stagesMs: z.partialRecord(z.enum(LATENCY_STAGES), DistributionRecord),
  clockUncertaintyMs: z.number().nullable(),
  roundTripMs: z.number().nullable(),
  framesPerSecond: z.number(),
  videoKbps: z.number(),
  packetsLostPercent: z.number(),
  jitterBufferMs: z.number().nullable(),
  decodeMs: z.number().nullable(),
  audioJitterBufferMs: z.number().nullable(),
  freezes: z.number().int(),
  framesDropped: z.number().int(),
});
export type QualityRecord = z.infer<typeof QualityRecord>;
