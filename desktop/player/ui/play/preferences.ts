import { recall, remember } from '../remembered.ts';

export interface Preferences {
  /** 0…1. */
  volume: number;
  maxBitrateKbps: number;
  /** Whether the figures are shown over the picture. */
  overlay: boolean;
}

/** Highest video bitrates a player can choose, with what each is for. */
export const BITRATES = [
  { kbps: 2000, name: 'Saver' },
  { kbps: 4000, name: 'Good' },
  { kbps: 8000, name: 'Sharp' },
  { kbps: 12_000, name: 'Finest' },
] as const;

/** The edge's own limit until a player chooses another. */
export const USUAL_MAX_BITRATE_KBPS = 8000;

export const preferences = (): Preferences =>
  recall('kilat.preferences') ?? { volume: 1, maxBitrateKbps: USUAL_MAX_BITRATE_KBPS, overlay: false };

export function prefer(change: Partial<Preferences>): Preferences {
  const next = { ...preferences(), ...change };
  remember('kilat.preferences', next);
  return next;
}
