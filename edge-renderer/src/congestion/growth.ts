import { usedShare } from './room.ts';
import { LOSS_WINDOW_MS } from './loss-window.ts';
import type { PathReport, RenditionState } from './rendition-state.ts';

/** Growth a second: where the capacity is not known or far off, below it, and close to it, doubled every second after a calm. */
const GROWTH = { free: 1.0, below: 0.5, near: 0.02, most: 0.5, calmMs: 2_000 };
const FAR_BELOW_SHARE = 0.5;
const BELOW_SHARE = 0.9;
const REFUTED_SHARE = 1.25;
/** Where none of so many has come without waiting for this part of a frame's time, the link is filling. */
const FILLING_ARRIVALS = 4;
const FILLING_FRAMES = 0.35;
/** Beyond so many times the media worker's estimate the bitrate grows no faster than below a known capacity. */
const TRUSTED_BANDWIDTHS = 2;
/** Loss that no wireless link has of itself, percent. */
const HEAVY_LOSS_PERCENT = 18;
const HEAVY_LOSS_EVERY_MS = 1_000;

/** More, where the link is not full; less, where it loses so much that it must be, though no queue is seen. */
export function whileNotFull(
  state: RenditionState,
  frameMs: number,
  report: PathReport,
  nowMs: number,
): RenditionState {
  // What overflowed while the link was full is dealt with.
  const isNew = nowMs - state.emptiedAtMs > LOSS_WINDOW_MS;
  return isNew && report.lossPercent > HEAVY_LOSS_PERCENT
    ? lessForLoss(state, report.lossPercent, nowMs)
    : grown(state, frameMs, report, nowMs);
}

/** So much is lost that a queue overflows, though none is seen: it may never have been empty. */
function lessForLoss(state: RenditionState, lossPercent: number, nowMs: number): RenditionState {
  if (nowMs - state.changedAtMs < HEAVY_LOSS_EVERY_MS) return state;
  const kbps = state.kbps * Math.max(0.4, 1 - lossPercent / 100);
  return { ...state, kbps, capacityKbps: undefined, changedAtMs: nowMs };
}

function grown(state: RenditionState, frameMs: number, report: PathReport, nowMs: number): RenditionState {
  const sinceMs = Math.max(0, Math.min(100, nowMs - state.changedAtMs));
  if (isFilling(state, frameMs)) return { ...state, changedAtMs: nowMs };
  // What the picture does not use proves nothing about more of it.
  const provenKbps = (1.5 * report.sentKbps) / usedShare(state) + 500;
  const grownKbps = state.kbps * (1 + (growth(state, report, nowMs) * sinceMs) / 1000);
  const kbps = Math.max(state.kbps, Math.min(grownKbps, provenKbps));
  // Well above what the link was thought to have, and not full: that measurement was of another time, or wrong.
  const isUsed = usedShare(state) === 1;
  const isRefuted = isUsed && state.capacityKbps !== undefined && kbps > REFUTED_SHARE * state.capacityKbps;
  return { ...state, kbps, capacityKbps: isRefuted ? undefined : state.capacityKbps, changedAtMs: nowMs };
}

/** Not full yet, but nothing has come without waiting lately. */
function isFilling({ link }: RenditionState, frameMs: number): boolean {
  const quickestMs = Math.min(...link.recent.slice(-FILLING_ARRIVALS).map(({ queueMs }) => queueMs));
  return quickestMs > link.usualMs + FILLING_FRAMES * frameMs;
}

/**
 * Growth a second: quick back to what is remembered, careful near it, ever less so the longer the link has not been found
 * full again.
 */
function growth(state: RenditionState, { bandwidthKbps }: PathReport, nowMs: number): number {
  const { kbps, capacityKbps, fullAtMs } = state;
  if (capacityKbps === undefined) {
    // The worker's estimate follows what is sent, and lags behind it: a ceiling for haste, not for the bitrate.
    const isHasty = bandwidthKbps !== undefined && kbps > TRUSTED_BANDWIDTHS * bandwidthKbps;
    return isHasty ? GROWTH.below : GROWTH.free;
  }
  if (kbps < FAR_BELOW_SHARE * capacityKbps) return GROWTH.free;
  if (kbps < BELOW_SHARE * capacityKbps) return GROWTH.below;
  // That half of what it carries does not fill a link says nothing of all of it.
  const calmMs = usedShare(state) < 1 ? 0 : Math.max(0, nowMs - fullAtMs - GROWTH.calmMs);
  return Math.min(GROWTH.most, Math.max(capacityKbps / kbps - 1, GROWTH.near * 2 ** (calmMs / 1000)));
}
