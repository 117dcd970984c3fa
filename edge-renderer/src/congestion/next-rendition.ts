import type { Rendition } from '@kilat/shared/media/rendition';
import type { DisplaySpec } from '@kilat/shared/title/manifest';
import type { Arrived, InFlight } from './arrivals.ts';
import { type LadderState, nextRung, renditionAt, TOP_OF_LADDER } from './ladder.ts';
import {
  busyRate,
  type BusyRate,
  emptyAtMs,
  type LinkState,
  UNKNOWN_LINK,
  withArrivals,
  withLongerWay,
} from './link-state.ts';

/** What is new since the last call. */
export interface PathReport {
  arrived: readonly Arrived[];
  inFlight: InFlight;
  /** What was sent over the last half second. */
  sentKbps: number;
  /** Over the last two seconds, before retransmission. */
  lossPercent: number;
  /** The media worker's estimate of the path, where it has one. */
  bandwidthKbps: number | undefined;
  /** Most that player and operator want. */
  ceilingKbps: number;
}

/** The link was found full and has not been found empty since. */
interface FullLink {
  /** Bitrate when that began, and when it was last found so. */
  kbpsBefore: number;
  fromKbps: number;
  /** Frames sent until then are of the time before the bitrate fell; those sent until it has emptied may still wait. */
  foundMs: number;
  settledMs: number;
  /** Times found full, each after a pause. */
  inARow: number;
  /** None was found shortly before. */
  isAlone: boolean;
  /** Share of the bitrate before that stays at least. */
  leastShare: number;
  /** Its capacity was measured for long enough: what overflows afterwards must not pass for more of it. */
  measured: boolean;
}

export interface RenditionState {
  link: LinkState;
  kbps: number;
  /** The bitrate for what is really sent: an encoder gives less where a busy machine captures fewer frames. */
  perSent: number;
  /** The bitrate for what the link let through when it was last full. */
  capacityKbps: number | undefined;
  full: FullLink | undefined;
  /** When the link was last found full. */
  fullAtMs: number;
  changedAtMs: number;
  /** Loss while the link was not full, percent. */
  calmLossPercent: number;
  /** From sending a frame to the report of it, usually; undefined before the first. */
  answerMs: number | undefined;
  /** The bitrate before frames went unanswered; undefined while they are answered. */
  silentFromKbps: number | undefined;
  ladder: LadderState;
}

export interface NextRendition {
  state: RenditionState;
  rendition: Rendition;
  /** No frame is to be sent before this time, edge's clock: the queue of the bottleneck empties until then. */
  holdUntilMs: number | undefined;
}

const START_KBPS = 3_000;
const LEAST_KBPS = 150;
/** Of the capacity measured this much is used: the rest keeps the queue empty. */
const USED_SHARE = 0.93;
/** Each report moves the bitrate per kb/s sent by this share of its difference; an easy picture's counts as this. */
const PER_SENT_SHARE = 0.03;
const MOST_PER_SENT = 1.25;
/** Until it was seen empty, this much of that: what was lost is being sent again as well. */
const DRAINING_SHARE = 0.85;
const REFUTED_SHARE = 1.25;
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
/** Arrivals in a row, frames and the probes between them, that must have waited: fewer where they waited for long. */
const IN_A_ROW = { deep: 4, shallow: 8 };
/** What waited this part of a frame's time longer than is usual, waited in a queue. */
const WAITED_FRAMES = 0.4;
/** From here on the link is filling, and the bitrate grows no more. */
const FILLING_FRAMES = 0.2;
/** What scatters more is a machine's doing: so many times the scatter are no queue. */
const SCATTERS = 1;
/** Longest delay that is laid to the machines at both ends, in frames. */
const MOST_ALLOWED_FRAMES = 0.8;
/** A find is alone when none was so long before it, ms; this much of the capacity is remembered then at least. */
const ALONE_MS = 3_000;
const ALONE_SHARE = 0.85;
/** Longest pause at once, ms; what is queued goes on arriving meanwhile. */
const MAX_HOLD_MS = 300;
/** Growth a second: where the capacity is not known, well below it, and close to it, doubled every second after a calm. */
const GROWTH = { unknown: 1.0, below: 0.5, near: 0.02, most: 0.5, calmMs: 2_000 };
/** Beyond so many times the media worker's estimate the bitrate grows no faster than below a known capacity. */
const TRUSTED_BANDWIDTHS = 2;
/** Loss that no wireless link has of itself, percent. */
const HEAVY_LOSS_PERCENT = 18;
const HEAVY_LOSS_EVERY_MS = 1_000;
/** Frames without any report for so long mean that none arrives, ms; the bitrate does not fall below this for it. */
const SILENT_MS = 500;
const SILENT_ANSWERS = 4;
const ANSWER_SHARE = 0.1;
const SILENT_KBPS = 300;
/** A path that stays full after so many pauses has become longer, unless it loses more than this, percent. */
const LONGER_AFTER = 3;
const LONGER_LOSS_PERCENT = 2;
/** A queue that stands for so long is no machine's pause, whatever it looks like, ms; so much of the bitrate stays. */
const STANDING_MS = 250;
const STANDING_SHARE = 0.75;
/** Frames that come so much faster than they were sent say that the receiver paused. */
const BUNCHED = 1.15;

export function firstRendition(display: DisplaySpec, ceilingKbps: number): NextRendition {
  const kbps = Math.min(START_KBPS, ceilingKbps);
  const state: RenditionState = {
    link: UNKNOWN_LINK,
    kbps,
    perSent: 1,
    capacityKbps: undefined,
    full: undefined,
    fullAtMs: Number.NEGATIVE_INFINITY,
    changedAtMs: Number.NEGATIVE_INFINITY,
    calmLossPercent: 0,
    answerMs: undefined,
    silentFromKbps: undefined,
    ladder: TOP_OF_LADDER,
  };
  return { state, rendition: renditionAt(0, display, kbps), holdUntilMs: undefined };
}

/**
 * What to encode at from now on. Latency comes first: what takes longer than the quickest lately waited in a queue of
 * the bottleneck, which is emptied by a pause; the rate at which it let frames through is its capacity. Loss alone is
 * left to retransmission: wireless links lose packets without being full. Times in ms.
 */
export function nextRendition(
  before: RenditionState,
  display: DisplaySpec,
  report: PathReport,
  nowMs: number,
): NextRendition {
  const seen = { ...before, link: withArrivals(before.link, report.arrived) };
  const { state, holdUntilMs } =
    report.arrived.length === 0
      ? unanswered(seen, report, nowMs)
      : adapt(answered(seen, nowMs), display, report, nowMs);
  const kbps = Math.max(Math.min(state.kbps, report.ceilingKbps), Math.min(LEAST_KBPS, report.ceilingKbps));
  const hungry = report.sentKbps > 0.6 * kbps;
  // Silence may be a page that nobody looks at: its size and rate wait for what it says when it is back.
  const ladder = report.arrived.length === 0 ? state.ladder : nextRung(state.ladder, display, kbps, hungry, nowMs);
  const usedKbps = state.full === undefined ? kbps : DRAINING_SHARE * kbps;
  return { state: { ...state, kbps, ladder }, rendition: renditionAt(ladder.rung, display, usedKbps), holdUntilMs };
}

type Adapted = Pick<NextRendition, 'state' | 'holdUntilMs'>;

/** Nothing that was sent for long is known to have arrived: less is sent, after a pause, until something is. */
function unanswered(state: RenditionState, { inFlight }: PathReport, nowMs: number): Adapted {
  const sinceMs = Math.max(inFlight.oldestSentMs ?? nowMs, state.changedAtMs);
  const patienceMs = Math.max(SILENT_MS, SILENT_ANSWERS * (state.answerMs ?? 0));
  if (nowMs - sinceMs < patienceMs || state.kbps <= SILENT_KBPS) return { state, holdUntilMs: undefined };
  const kbps = Math.max(SILENT_KBPS, state.kbps / 2);
  return {
    state: {
      ...state,
      kbps,
      silentFromKbps: state.silentFromKbps ?? state.kbps,
      capacityKbps: undefined,
      full: undefined,
      changedAtMs: nowMs,
    },
    holdUntilMs: nowMs + MAX_HOLD_MS,
  };
}

/** The first answer after silence: a quarter of what was is a fair start, the rest is found again. */
function answered(before: RenditionState, nowMs: number): RenditionState {
  const { silentFromKbps, link } = before;
  const tookMs = nowMs - (link.recent.at(-1)?.sentMs ?? nowMs);
  const answerMs = before.answerMs === undefined ? tookMs : before.answerMs + ANSWER_SHARE * (tookMs - before.answerMs);
  const state = { ...before, answerMs };
  if (silentFromKbps === undefined) return state;
  return { ...state, kbps: Math.max(state.kbps, silentFromKbps / 4), silentFromKbps: undefined };
}

function adapt(state: RenditionState, display: DisplaySpec, report: PathReport, nowMs: number): Adapted {
  const { link, full } = state;
  const newest = link.recent.at(-1);
  if (newest === undefined) return { state, holdUntilMs: undefined };
  const frameMs = 1000 / renditionAt(state.ladder.rung, display, 0).framesPerSecond;
  const allowedMs = Math.min(link.usualMs + SCATTERS * link.scatterMs, MOST_ALLOWED_FRAMES * frameMs);
  const thresholdMs = WAITED_FRAMES * frameMs + allowedMs;
  const rate = busyRate(link, MEASURED_MS, thresholdMs);
  // Frames from before the bitrate fell say how fast the queue empties, and nothing of the new bitrate.
  if (full !== undefined && newest.sentMs <= full.foundMs)
    return rate === undefined || full.measured
      ? { state, holdUntilMs: undefined }
      : emptied(state, full, rate, report, nowMs);
  const sinceMs = full?.settledMs ?? Number.NEGATIVE_INFINITY;
  const isShallow = newest.queueMs < SHALLOW_FRAMES * frameMs;
  if (isQueued(link, thresholdMs, isShallow ? IN_A_ROW.shallow : IN_A_ROW.deep, sinceMs)) {
    const sentKbps = Math.max(report.sentKbps, 0.5 * state.kbps);
    const isBunched = rate === undefined || rate.kbps > BUNCHED * sentKbps;
    if (isBunched && !isStanding(link, thresholdMs, sinceMs)) return { state, holdUntilMs: undefined };
    if (full !== undefined && full.inARow >= LONGER_AFTER && report.lossPercent < LONGER_LOSS_PERCENT)
      return { state: onLongerWay(state, full), holdUntilMs: undefined };
    const isLossy = state.calmLossPercent > LOSSY_PERCENT && full === undefined;
    const found = {
      leastShare: isShallow ? SHALLOW_SHARE : isLossy ? LOSSY_SHARE : 0,
      isAlone: nowMs - state.fullAtMs > ALONE_MS,
      kbpsBefore: full?.kbpsBefore ?? state.kbps,
      fromKbps: state.kbps,
      inARow: (full?.inARow ?? 0) + 1,
      measured: false,
      foundMs: nowMs,
      settledMs: nowMs,
    };
    const known = isBunched ? { kbps: STANDING_SHARE * state.kbps, spanMs: STANDING_MS } : rate;
    return emptied(state, found, known, report, nowMs);
  }
  const isEmpty = newest.queueMs < thresholdMs;
  const calmLossPercent = full === undefined && isEmpty ? report.lossPercent : state.calmLossPercent;
  const perSent = Math.min(MOST_PER_SENT, Math.max(1, state.kbps / Math.max(1, report.sentKbps)));
  const empty = {
    ...state,
    full: isEmpty ? undefined : full,
    calmLossPercent,
    perSent: state.perSent + PER_SENT_SHARE * (perSent - state.perSent),
  };
  if (report.lossPercent > HEAVY_LOSS_PERCENT)
    return { state: lessForLoss(empty, report.lossPercent, nowMs), holdUntilMs: undefined };
  return { state: grown(empty, display, report, nowMs), holdUntilMs: undefined };
}

/** Frames alone may be late for a packet sent again, probes for a busy page; a queue makes all of them late. */
function isQueued(link: LinkState, thresholdMs: number, inARow: number, sinceMs: number): boolean {
  const latest = link.recent.slice(-inARow);
  return latest.length === inARow && latest.every(({ queueMs, sentMs }) => queueMs > thresholdMs && sentMs > sinceMs);
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
  const emptyMs = Math.min(emptyAtMs(state.link, inFlight, rateKbps), nowMs + MAX_HOLD_MS);
  const settledMs = Math.max(full.settledMs, emptyMs);
  return {
    state: {
      ...state,
      kbps,
      // A glimpse is enough to give way, and not to remember; nor is what is left beside packets sent again.
      capacityKbps: isSure && full.inARow === 1 ? remembered(state, kbps / USED_SHARE, full) : state.capacityKbps,
      full: { ...full, settledMs, measured: full.measured || isSure },
      fullAtMs: full.foundMs,
      changedAtMs: nowMs,
    },
    holdUntilMs: emptyMs > nowMs ? emptyMs : undefined,
  };
}

/** A single find may be a machine's doing: it takes little off what is remembered; the next soon after it is believed. */
function remembered({ capacityKbps }: RenditionState, measuredKbps: number, { isAlone }: FullLink): number {
  return isAlone && capacityKbps !== undefined ? Math.max(measuredKbps, ALONE_SHARE * capacityKbps) : measuredKbps;
}

/** Pauses did not make frames quicker: the way has become longer, and the bitrate was right. */
function onLongerWay(state: RenditionState, { kbpsBefore }: FullLink): RenditionState {
  return { ...state, link: withLongerWay(state.link), kbps: kbpsBefore, capacityKbps: undefined, full: undefined };
}

/** So much is lost that a queue overflows, though none is seen: it may never have been empty. */
function lessForLoss(state: RenditionState, lossPercent: number, nowMs: number): RenditionState {
  if (nowMs - state.changedAtMs < HEAVY_LOSS_EVERY_MS) return state;
  const kbps = state.kbps * Math.max(0.4, 1 - lossPercent / 100);
  return { ...state, kbps, capacityKbps: undefined, changedAtMs: nowMs };
}

function grown(state: RenditionState, display: DisplaySpec, report: PathReport, nowMs: number): RenditionState {
  const sinceMs = Math.max(0, Math.min(100, nowMs - state.changedAtMs));
  if (isFilling(state, display)) return { ...state, changedAtMs: nowMs };
  // What the picture does not use proves nothing about more of it.
  const provenKbps = 1.5 * report.sentKbps + 500;
  const grownKbps = state.kbps * (1 + (growth(state, report, nowMs) * sinceMs) / 1000);
  const kbps = Math.max(state.kbps, Math.min(grownKbps, provenKbps));
  // Well above what the link was thought to have, and not full: that measurement was of another time, or wrong.
  const isRefuted = state.capacityKbps !== undefined && kbps > REFUTED_SHARE * state.capacityKbps;
  return { ...state, kbps, capacityKbps: isRefuted ? undefined : state.capacityKbps, changedAtMs: nowMs };
}

/** Not full yet, but nothing has come without waiting lately. */
function isFilling({ link, ladder }: RenditionState, display: DisplaySpec): boolean {
  const frameMs = 1000 / renditionAt(ladder.rung, display, 0).framesPerSecond;
  const quickestMs = Math.min(...link.recent.slice(-IN_A_ROW.deep).map(({ queueMs }) => queueMs));
  return quickestMs > link.usualMs + FILLING_FRAMES * frameMs;
}

/** Growth a second: careful near the capacity last found, ever less so the longer it has not been found full again. */
function growth(
  { kbps, capacityKbps, fullAtMs }: RenditionState,
  { bandwidthKbps }: PathReport,
  nowMs: number,
): number {
  if (capacityKbps === undefined) {
    // The worker's estimate follows what is sent, and lags behind it: a ceiling for haste, not for the bitrate.
    const isHasty = bandwidthKbps !== undefined && kbps > TRUSTED_BANDWIDTHS * bandwidthKbps;
    return isHasty ? GROWTH.below : GROWTH.unknown;
  }
  if (kbps < 0.88 * capacityKbps) return GROWTH.below;
  const calmMs = Math.max(0, nowMs - fullAtMs - GROWTH.calmMs);
  return Math.min(GROWTH.most, GROWTH.near * 2 ** (calmMs / 1000));
}
