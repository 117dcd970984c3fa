import type { LatencyStage } from '@kilat/shared/latency/stages';
import type { RelayLog } from './relay.ts';

/** One frame the player saw. `atMs`: shown, since the path began. */
export interface SeenFrame {
  atMs: number;
  /** Captured → shown, up to a constant that is the same for all frames of one page. */
  delayMs: number;
  width: number;
}

/** A quarter second's look at the player's own figures; `atMs` since the path began. */
export interface RenditionSample {
  atMs: number;
  bitrateKbps: number;
  framesPerSecond: number;
  height: number;
}

/** One key press; times in ms. */
export interface SeenPress {
  /** Key → photon; null when it was never shown. */
  totalMs: number | null;
  /** Where it went, by the edge's and the browser's reports; null when they said nothing of it. */
  stagesMs: Record<LatencyStage, number> | null;
}

/** What one path did to a session; all of it raw. */
export interface NetworkRecord {
  profile: string;
  about: string;
  changeAtMs: number | null;
  /** The stretch of time that counts, since the path began. */
  fromMs: number;
  untilMs: number;
  frames: SeenFrame[];
  /** Empty for a game. */
  presses: SeenPress[];
  /** For a game: the player's own input → next frame over the whole session, ms; null for a probe. */
  nextFrameMs: { n: number; p50: number; p95: number } | null;
  renditions: RenditionSample[];
  relay: RelayLog;
  plis: number;
  keyFrames: number;
}
