import type { Choices } from '../choices.ts';
import type { Usage } from '../measure/block.ts';
import type { ProductName, Variant } from '../products/product.ts';
import type { NetworkRecord } from '../network/network-record.ts';
import type { BlockReading } from '../sampler/page/sampler.ts';
import type { Machine } from './machine.ts';

/** One block of key presses on one product. */
export interface BlockRecord extends BlockReading {
  product: ProductName;
  variant: Variant;
  /** Since the run began. */
  atMs: number;
  usage: Usage;
}

/** A still screen left alone. */
export interface SilenceRecord {
  product: ProductName;
  atMs: number;
  usage: Usage;
}

export const SLOTS = ['warm', 'cold'] as const;
/** Whether the edge had the title ready when it was launched. */
export type Slot = (typeof SLOTS)[number];

/** One launch; times in ms after the click. */
export interface LaunchRecord {
  slot: Slot;
  atMs: number;
  /** First frame of any content, and first frame in which the title has drawn; null when none came. */
  frameMs: number | null;
  drawnMs: number | null;
  /** The request's arrival at the edge → the first frame sent, by the edge's own clock, ms; null where none was. */
  edgeFrameMs: number | null;
  /** The page's own stages. */
  stagesMs: Record<string, number>;
}

/** One click of the title, heard by the player; times in ms. */
export interface ClickRecord {
  atMs: number;
  /** The title hands it to its sound server → the player's sound card plays it; null when it was not heard. */
  heardMs: number | null;
}

/** Everything one run measured; what `result.json` holds. Raw, so that other figures can be drawn from it later. */
export interface Result {
  format: 1;
  startedAt: string;
  endedAt: string;
  /** Why the run ended before it was done; null for a whole one. */
  stopped: string | null;
  choices: Choices;
  machine: Machine;
  blocks: BlockRecord[];
  silences: SilenceRecord[];
  launches: LaunchRecord[];
  clicks: ClickRecord[];
  network: NetworkRecord[];
}
