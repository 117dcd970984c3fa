import { busyRate, type BusyRate, type Delayed, emptyAtMs, type LinkState, withLongerWay } from './link-state.ts';
import type { Adapted, FullLink, PathReport, RenditionState } from './rendition-state.ts';
import { usedShare } from './room.ts';

/** Of the capacity measured this much is used: the rest keeps the queue empty. */
const USED_SHARE = 0.95;
/** Over how long the capacity of a full link is measured, ms. */
const MEASURED_MS = 300;
/** Where the capacity was measured for less than this, at least this share of the bitrate before stays. */
const SURE_AFTER_MS = 100;
const UNSURE_SHARE = 0.75;
/** Where more was lost before, percent, packets sent again queue as well: so much stays the first time. */
const LOSSY_PERCENT = 2;
const LOSSY_SHARE = 0.8;
/** A queue of fewer frames than this may be a large frame's, or a machine's doing: so much stays. */
const SHALLOW_FRAMES = 2.5;
const SHALLOW_SHARE = 0.88;
/** Where no more than this share of the bitrate is used, what fills the link for a moment is no measure of it: so much stays. */
const ROOMY = { usedShare: 0.8, stays: 0.97 };
/** A deep one, ms, is a queue for sure and may take most; what lies between, as a starved machine makes it, may take less. */
const DEEP_MS = 60;
const DEEP_SHARE = 0.45;
const MIDDLE_SHARE = 0.8;
/** Arrivals in a row, frames and the probes between them, that must have waited: fewer where they waited for long. */
const IN_A_ROW = { deep: 4, shallow: 8 };
/** What waited this part of a frame's time longer than is usual, waited in a queue. */
const WAITED_FRAMES = 0.4;
/** What scatters more is a machine's doing: so many times the scatter are no queue. */
const SCATTERS = 1;
/** Longest delay that is laid to the machines at both ends, in frames. */
const MOST_ALLOWED_FRAMES = 0.8;
/** Where the link let more through than was sent, so many times the capacity that is remembered are believed at once. */
const MOST_RAISED = 1.1;
/** A find may be a machine's doing: so much of what is remembered it leaves, until the link is full again right after. */
const KEPT_SHARE = 0.9;
/** The latest rate is believed instead of what was measured before where it is below this share of it. */
const FALLEN_SHARE = 0.75;
/** Longest pause at once, ms; what is queued goes on arriving meanwhile. */
export const MAX_HOLD_MS = 300;
/** A path that stays full after so many pauses has become longer, unless it loses more than this, percent. */
const LONGER_AFTER = 3;
const LONGER_LOSS_PERCENT = 2;
/** A queue that stands for so long is no machine's pause, whatever it looks like, ms; so much of the bitrate stays. */
const STANDING_MS = 250;
const STANDING_SHARE = 0.75;
/** Frames that come so much faster than they were sent say that the receiver paused. */
const BUNCHED = 1.15;

/** The delay above the quickest, ms, from which on an arrival counts as having waited in a queue. */
export function waitingFromMs({ usualMs, scatterMs }: LinkState, frameMs: number): number {
  const allowedMs = Math.min(usualMs + SCATTERS * scatterMs, MOST_ALLOWED_FRAMES * frameMs);
  return WAITED_FRAMES * frameMs + allowedMs;
}

/** What follows while the link is full; undefined when it is not. `newest`: the latest arrival. */
export function whileFull(
  state: RenditionState,
  newest: Delayed,
  frameMs: number,
  report: PathReport,
  nowMs: number,
): Adapted | undefined {
  const { link, full } = state;
  const fromMs = waitingFromMs(link, frameMs);
  const rate = busyRate(link, MEASURED_MS, fromMs);
  const asBefore = { state, holdUntilMs: undefined };
  // Frames from before the bitrate fell say how fast the queue empties, and nothing of the new bitrate.
  if (full !== undefined && newest.sentMs <= full.foundMs) {
    const known = full.measured ? fallenRate(state, fromMs) : rate;
    return known === undefined ? asBefore : emptied(state, deepened(full, newest.queueMs, state), known, report, nowMs);
  }
  const sinceMs = full?.settledMs ?? Number.NEGATIVE_INFINITY;
  const isShallow = newest.queueMs < SHALLOW_FRAMES * frameMs;
  if (!isQueued(link, fromMs, isShallow ? IN_A_ROW.shallow : IN_A_ROW.deep, sinceMs)) return undefined;
  const sentKbps = Math.max(report.sentKbps, 0.5 * state.kbps);
  const isBunched = rate === undefined || rate.kbps > BUNCHED * sentKbps;
  if (isBunched && !isStanding(link, fromMs, sinceMs)) return asBefore;
  if (full !== undefined && full.inARow >= LONGER_AFTER && report.lossPercent < LONGER_LOSS_PERCENT)
    return { state: onLongerWay(state, full), holdUntilMs: undefined };
  const found: FullLink = {
    leastShare: leastShare(newest.queueMs, isShallow, state, full === undefined),
    kbpsBefore: full?.kbpsBefore ?? state.kbps,
    fromKbps: state.kbps,
    inARow: (full?.inARow ?? 0) + 1,
    deep: newest.queueMs >= DEEP_MS,
    refreshed: false,
    measured: false,
    foundMs: nowMs,
    settledMs: nowMs,
  };
  const known = isBunched ? { kbps: STANDING_SHARE * state.kbps, spanMs: STANDING_MS } : rate;
  return emptied(state, found, known, report, nowMs);
}

/** The link became narrower while it was full already: what was measured is of both. What overflows seems to pass, so never more. */
function fallenRate({ link, kbps, perSent }: RenditionState, fromMs: number): BusyRate | undefined {
  const latest = busyRate(link, SURE_AFTER_MS, fromMs);
  return latest !== undefined && latest.spanMs >= SURE_AFTER_MS && perSent * latest.kbps < FALLEN_SHARE * kbps
    ? latest
    : undefined;
}

/** Frames alone may be late for a packet sent again, probes for a busy page; a queue makes all of them late. */
function isQueued(link: LinkState, thresholdMs: number, inARow: number, sinceMs: number): boolean {
  const latest = link.recent.slice(-inARow);
  return latest.length === inARow && latest.every(({ queueMs, sentMs }) => queueMs > thresholdMs && sentMs > sinceMs);
}

/** How much of the bitrate stays at least, whatever was measured. */
function leastShare(queueMs: number, isShallow: boolean, state: RenditionState, isFirst: boolean): number {
  if (isFirst && queueMs < DEEP_MS && isRoomy(state)) return ROOMY.stays;
  if (isShallow) return SHALLOW_SHARE;
  if (isFirst && state.calmLossPercent > LOSSY_PERCENT) return LOSSY_SHARE;
  return queueMs < DEEP_MS ? MIDDLE_SHARE : DEEP_SHARE;
}

/** A link that loses much and is not used whole. */
const isRoomy = (state: RenditionState): boolean => usedShare(state) <= ROOMY.usedShare;

/** A queue that was found early and is deep by now may take as much as one that was found deep. */
function deepened(full: FullLink, queueMs: number, state: RenditionState): FullLink {
  if (queueMs < DEEP_MS) return full;
  const least = leastShare(queueMs, false, state, full.inARow === 1);
  return { ...full, deep: true, leastShare: Math.min(full.leastShare, least) };
}

/** All that was sent over the last while waited. */
function isStanding({ recent }: LinkState, thresholdMs: number, sinceMs: number): boolean {
  const newestMs = recent.at(-1)?.sentMs ?? 0;
  const latest = recent.filter(({ sentMs }) => newestMs - sentMs <= STANDING_MS);
  const isLong = newestMs - (latest[0]?.sentMs ?? newestMs) > STANDING_MS / 2;
  return isLong && latest.every(({ queueMs, sentMs }) => queueMs > thresholdMs && sentMs > sinceMs);
}

/** The bitrate that the link showed it has, after a pause in which its queue empties. */
function emptied(
  state: RenditionState,
  full: FullLink,
  { kbps: rateKbps, spanMs }: BusyRate,
  { inFlight }: PathReport,
  nowMs: number,
): Adapted {
  const isSure = spanMs >= SURE_AFTER_MS;
  const leastKbps = Math.max(full.leastShare, isSure ? 0 : UNSURE_SHARE) * full.fromKbps;
  const kbps = Math.max(USED_SHARE * Math.min(state.perSent * rateKbps, full.fromKbps), leastKbps);
  // A glimpse of a receiver that paused says that hardly anything comes through: the pause is for what the bitrate supposes.
  const emptyMs = Math.min(
    emptyAtMs(state.link, inFlight, Math.max(rateKbps, kbps / state.perSent)),
    nowMs + MAX_HOLD_MS,
  );
  const settledMs = Math.max(full.settledMs, emptyMs);
  return {
    state: {
      ...state,
      kbps,
      // A glimpse is enough to give way, and not to remember.
      capacityKbps: isSure ? remembered(state, kbps / USED_SHARE, state.perSent * rateKbps, full) : state.capacityKbps,
      full: { ...full, settledMs, measured: full.measured || isSure },
      fullAtMs: full.foundMs,
      changedAtMs: nowMs,
    },
    holdUntilMs: emptyMs > nowMs ? emptyMs : undefined,
  };
}

/**
 * The bitrate gives way to a few frames that came close together, and falls no lower than is sensible at once; what is
 * remembered is nearer to what the link let through. Where it is full again right after a pause, that is believed wholly,
 * but raises nothing: its overflow is being sent again.
 */
function remembered(
  state: RenditionState,
  givenWayKbps: number,
  rateKbps: number,
  { inARow, deep }: FullLink,
): number | undefined {
  const { capacityKbps, calmLossPercent } = state;
  const measuredKbps = Math.max(givenWayKbps, rateKbps);
  if (capacityKbps === undefined) return inARow === 1 ? measuredKbps : undefined;
  if (inARow > 1) return Math.min(capacityKbps, measuredKbps);
  if (!deep && isRoomy(state)) return capacityKbps;
  // What is sent again takes part of what the link lets through.
  if (calmLossPercent > LOSSY_PERCENT) return givenWayKbps;
  return Math.max(KEPT_SHARE * capacityKbps, givenWayKbps, Math.min(rateKbps, MOST_RAISED * capacityKbps));
}

/** Pauses did not make frames quicker: the way has become longer, and the bitrate was right. */
function onLongerWay(state: RenditionState, { kbpsBefore }: FullLink): RenditionState {
  return { ...state, link: withLongerWay(state.link), kbps: kbpsBefore, capacityKbps: undefined, full: undefined };
}
