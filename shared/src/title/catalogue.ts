import { z } from 'zod';
import { TitleId } from '../ids.ts';
import { TitleManifest } from './manifest.ts';

/** Whether a title can be played now: an edge has it, no edge has it installed, or no edge is connected. */
export const Availability = z.discriminatedUnion('state', [
  z.object({ state: z.literal('ready'), freeSlots: z.number().int().nonnegative(), warm: z.boolean() }),
  z.object({ state: z.literal('installable'), install: z.array(z.string()), downloadMb: z.number() }),
  /** Every edge that has it takes no new sessions. */
  z.object({ state: z.literal('draining') }),
  z.object({ state: z.literal('no-edge') }),
]);
export type Availability = z.infer<typeof Availability>;

/** One card of the catalogue: what of a manifest a player may see. */
export const CatalogueTitle = TitleManifest.pick({
  kind: true,
  name: true,
  summary: true,
  display: true,
  input: true,
  mouse: true,
  controls: true,
  sound: true,
  licence: true,
}).extend({
  id: TitleId,
  /** Address of the cover on the Indexer's origin. */
  coverUrl: z.string(),
  availability: Availability,
});
export type CatalogueTitle = z.infer<typeof CatalogueTitle>;

/** Body of `GET /api/titles`, and of the `catalogue` notice when something in it changed. Titles in manifest order, probes last. */
export const Catalogue = z.object({ titles: z.array(CatalogueTitle) });
export type Catalogue = z.infer<typeof Catalogue>;
