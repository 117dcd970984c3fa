import { z } from 'zod';

/** What a picture is encoded at. `bitrateKbps` is the bound that the path allows; an easy picture stays below it. */
export const Rendition = z.object({
  bitrateKbps: z.number().int().min(50).max(200_000),
  framesPerSecond: z.number().min(1).max(480),
  width: z.number().int().min(16).max(16_384),
  height: z.number().int().min(16).max(16_384),
});
export type Rendition = z.infer<typeof Rendition>;
