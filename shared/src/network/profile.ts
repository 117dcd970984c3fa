import { z } from 'zod';

const Percent = z.number().min(0).max(100);

/** How packets are lost: each by itself, or in bursts (Gilbert–Elliott: everything is lost in the bad state). */
export const PacketLoss = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('random'), percent: Percent }),
  z.object({ kind: z.literal('bursts'), percent: Percent.lt(100), meanBurstPackets: z.number().min(1) }),
]);
export type PacketLoss = z.infer<typeof PacketLoss>;

/** What one direction of a link is like from `fromMs` on. Left out: unlimited rate, no delay, no loss. */
export const LinkStep = z.object({
  fromMs: z.number().nonnegative(),
  /** Capacity with IP and UDP headers; 0 is an outage. */
  kbps: z.number().nonnegative().optional(),
  /** One way, ms. */
  delayMs: z.number().nonnegative().optional(),
  /** Most that is added to the delay, ms; packets keep their order. */
  jitterMs: z.number().nonnegative().optional(),
  loss: PacketLoss.optional(),
  /** What the bottleneck holds at most, in ms of its rate or in bytes; beyond it, packets are dropped. */
  queueMs: z.number().positive().optional(),
  queueBytes: z.number().positive().optional(),
});
export type LinkStep = z.infer<typeof LinkStep>;

const Direction = z.object({
  steps: z
    .array(LinkStep)
    .min(1)
    .refine((steps) => steps.every(({ fromMs }, place) => fromMs >= (steps[place - 1]?.fromMs ?? 0)), {
      message: 'steps are in the order of their times',
    }),
  /** The steps begin again after so long; without it the last one stays. */
  repeatMs: z.number().positive().optional(),
});
export type Direction = z.infer<typeof Direction>;

/** A network path, both directions apart. `down` is edge → player. */
export const NetworkProfile = z.object({
  name: z.string().regex(/^[a-z0-9-]{1,40}$/),
  about: z.string(),
  seed: z.number().int().nonnegative(),
  down: Direction,
  up: Direction,
});
export type NetworkProfile = z.infer<typeof NetworkProfile>;
