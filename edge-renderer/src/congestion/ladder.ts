import type { Rendition } from '@kilat/shared/media/rendition';
import type { DisplaySpec } from '@kilat/shared/title/manifest';

/** Frame rate first, then size: a game at half its frame rate is played worse than one with fewer pixels, but seen better. */
const RUNGS = [
  { frameShare: 1, sizeShare: 1 },
  { frameShare: 0.5, sizeShare: 1 },
  { frameShare: 0.5, sizeShare: 0.75 },
  { frameShare: 0.5, sizeShare: 0.5 },
] as const;

/** Bits that a pixel of a moving picture wants before fewer of them look better. */
const BITS_PER_PIXEL = 0.034;
/** A better rung wants so much more than it would be left at. */
const CLIMB_SHARE = 1.35;
/** After a change of rung the next one up waits so long, ms; down goes at once. */
const CLIMB_AFTER_MS = 4_000;
/** Frame rates and sizes are for low bitrates that last, ms: a queue that drains is not one. */
const FALL_AFTER_MS = 600;

/** Where on the ladder a rendition stands, since when, and since when its bitrate has been too low for it. */
export interface LadderState {
  rung: number;
  changedAtMs: number;
  starvedSinceMs: number | undefined;
}

export const TOP_OF_LADDER: LadderState = {
  rung: 0,
  changedAtMs: Number.NEGATIVE_INFINITY,
  starvedSinceMs: undefined,
};

/** What a rung makes of a display at a bitrate; sizes are even, as 4:2:0 wants them. */
export function renditionAt(rung: number, { width, height, fps }: DisplaySpec, kbps: number): Rendition {
  const { frameShare, sizeShare } = RUNGS[rung] ?? RUNGS[0];
  const even = (pixels: number) => 2 * Math.round((pixels * sizeShare) / 2);
  return {
    bitrateKbps: Math.round(kbps),
    framesPerSecond: Math.max(Math.min(fps, 24), fps * frameShare),
    width: even(width),
    height: even(height),
  };
}

/** The bitrate below which a rung looks worse than the next one down, kbps. */
export function leastKbps(rung: number, display: DisplaySpec): number {
  const { framesPerSecond, width, height } = renditionAt(rung, display, 0);
  return (framesPerSecond * width * height * BITS_PER_PIXEL) / 1000;
}

/** The rung for a bitrate. `hungry`: the picture uses what it gets; an easy one stays where it is. */
export function nextRung(
  state: LadderState,
  display: DisplaySpec,
  kbps: number,
  hungry: boolean,
  nowMs: number,
): LadderState {
  const { rung, changedAtMs, starvedSinceMs } = state;
  const starved = hungry && rung < RUNGS.length - 1 && kbps < leastKbps(rung, display);
  if (starved) {
    const sinceMs = starvedSinceMs ?? nowMs;
    if (nowMs - sinceMs < FALL_AFTER_MS) return { ...state, starvedSinceMs: sinceMs };
    return { rung: rung + 1, changedAtMs: nowMs, starvedSinceMs: nowMs };
  }
  const canClimb = rung > 0 && nowMs - changedAtMs >= CLIMB_AFTER_MS;
  if (canClimb && kbps >= CLIMB_SHARE * leastKbps(rung - 1, display))
    return { rung: rung - 1, changedAtMs: nowMs, starvedSinceMs: undefined };
  return { ...state, starvedSinceMs: undefined };
}
