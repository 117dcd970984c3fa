import { LOSS_WINDOW_MS } from './loss-window.ts';
import type { RenditionState } from './rendition-state.ts';

/** Loss from which on room is left, and from which on the most, percent. */
const LOSSY_PERCENT = { from: 2, most: 4 };
const LEAST_SHARE = 0.4;
/** Each report moves the usual loss by this share of its difference: some five seconds. */
const LOSS_SHARE = 0.005;

/**
 * How much of the bitrate that a link can carry is used. Where it loses much, all packets of a frame may have to be sent
 * again, beside the frames that follow: that takes as much again. Smaller frames are hit more seldom, too, and there sooner.
 */
export function usedShare({ usualLossPercent, capacityKbps }: RenditionState): number {
  if (capacityKbps === undefined) return 1;
  const { from, most } = LOSSY_PERCENT;
  const lossy = Math.min(1, Math.max(0, (usualLossPercent - from) / (most - from)));
  return 1 - (1 - LEAST_SHARE) * lossy;
}

/** `lossPercent`: while the link is not full. */
export function withLoss(state: RenditionState, lossPercent: number, nowMs: number): RenditionState {
  // What overflowed while it was full is still among it.
  if (nowMs - state.emptiedAtMs <= LOSS_WINDOW_MS) return state;
  const usualLossPercent = state.usualLossPercent + LOSS_SHARE * (lossPercent - state.usualLossPercent);
  return { ...state, calmLossPercent: lossPercent, usualLossPercent };
}
