import type { MatchedInput } from '../latency/matched-input.ts';
import type { KilatStats } from './model.ts';

/** What `window.kilat` offers. Documented in docs/protocol.md. */
export interface KilatApi {
  /** The latest session's live figures. */
  stats(): KilatStats;
  /** Its inputs matched in the last 30 s (the latest 4,096 at most), oldest first. */
  samples(): readonly MatchedInput[];
}

declare global {
  interface Window {
    kilat?: KilatApi;
  }
}

/** Installs `window.kilat` for a session, in place of the one before. */
export function expose(session: { stats(): KilatStats; recentSamples(): readonly MatchedInput[] }): void {
  window.kilat = { stats: () => session.stats(), samples: () => session.recentSamples() };
}
