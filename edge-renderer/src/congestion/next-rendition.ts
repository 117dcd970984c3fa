import type { Rendition } from '@kilat/shared/media/rendition';
import type { DisplaySpec } from '@kilat/shared/title/manifest';
import type { ArrivedFrame, InFlight } from './arrivals.ts';
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
  arrived: readonly ArrivedFrame[];
  inFlight: InFlight;
  /** What was sent over the last half second. */
  sentKbps: number;
  /** Over the last two seconds, before retransmission. */
  lossPercent: number;
  /** When the player last asked for packets again. */
  nackedAtMs: number;
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
  /** Frames scattered when it was found: what is measured of it may be a machine's doing. */
  restless: boolean;
}

export interface RenditionState {
  link: LinkState;
  kbps: number;
  /** What the link let through when it was last full. */
  capacityKbps: number | undefined;
  full: FullLink | undefined;
  /** When the link was last found full. */
  fullAtMs: number;
  changedAtMs: number;
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
const REFUTED_SHARE = 1.25;
/** Over how long the capacity of a full link is measured, ms. */
const MEASURED_MS = 300;
/** Of the bitrate before at least so much stays where packets sent again fill the link too, and where it was measured briefly. */
const LEAST_SHARE = { lossy: 0.85, unsure: 0.6 };
const SURE_AFTER_MS = 100;
const LOSSY_MS = 500;
/** Packets sent again make no longer queue than this, ms. */
const SENT_AGAIN_MS = 60;
/** Frames that scatter by more of a frame's time say that a machine is busy. */
const RESTLESS_FRAMES = 0.42;
/** Longest pause at once, ms; what is queued goes on arriving meanwhile. */
const MAX_HOLD_MS = 300;
/** Growth a second: where the capacity is not known, well below it, and close to it, doubled every second after a calm. */
const GROWTH = { unknown: 1.0, below: 0.5, near: 0.02, most: 0.5, calmMs: 2_500 };
/** Beyond so many times the media worker's estimate the bitrate grows no faster than below a known capacity. */
const TRUSTED_BANDWIDTHS = 2;
/** Frames sent before the player's NACK came may have waited for a retransmission, those a little later too, ms. */
const NACK_COUNTS_MS = 20;
/** Loss that no wireless link has of itself, percent. */
const HEAVY_LOSS_PERCENT = 18;
const HEAVY_LOSS_EVERY_MS = 1_000;
/** Frames without any report for so long mean that none arrives, ms; the bitrate does not fall below this for it. */
const SILENT_MS = 500;
const SILENT_ANSWERS = 4;
const ANSWER_SHARE = 0.1;
const SILENT_KBPS = 300;
/** A path that stays full after so many pauses has become longer. */
const LONGER_AFTER = 3;

export function firstRendition(display: DisplaySpec, ceilingKbps: number): NextRendition {
  const kbps = Math.min(START_KBPS, ceilingKbps);
  const state: RenditionState = {
    link: UNKNOWN_LINK,
    kbps,
    capacityKbps: undefined,
    full: undefined,
    fullAtMs: Number.NEGATIVE_INFINITY,
    changedAtMs: Number.NEGATIVE_INFINITY,
    answerMs: undefined,
    silentFromKbps: undefined,
    ladder: TOP_OF_LADDER,
  };
  return { state, rendition: renditionAt(0, display, kbps), holdUntilMs: undefined };
}

/**
 * What to encode at from now on. Latency comes first: frames that take longer than the quickest lately mean a queue in
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
  return { state: { ...state, kbps, ladder }, rendition: renditionAt(ladder.rung, display, kbps), holdUntilMs };
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
  const rate = busyRate(link, MEASURED_MS);
  // Frames from before the bitrate fell say how fast the queue empties, and nothing of the new bitrate.
  if (full !== undefined && newest.sentMs <= full.foundMs)
    return rate === undefined ? { state, holdUntilMs: undefined } : emptied(state, full, rate, report, nowMs);
  const frameMs = 1000 / renditionAt(state.ladder.rung, display, 0).framesPerSecond;
  // Where no bottleneck was found, and where a busy machine scatters its frames, its delays must not be taken for one.
  const restless = isRestless(link, frameMs);
  const allowedMs = state.capacityKbps === undefined || restless ? link.scatterMs : 0;
  const thresholdMs = frameMs / 2 + link.usualMs + allowedMs;
  if (isQueued(link, thresholdMs, frameMs, report.nackedAtMs, full?.settledMs ?? Number.NEGATIVE_INFINITY)) {
    const sentKbps = Math.max(report.sentKbps, 0.5 * state.kbps);
    // After a pause of the receiver frames come faster than they were sent: that is no full link.
    if (rate === undefined || rate.kbps > 1.15 * sentKbps) return { state, holdUntilMs: undefined };
    if (full !== undefined && full.inARow >= LONGER_AFTER)
      return { state: onLongerWay(state, full), holdUntilMs: undefined };
    const kbpsBefore = full?.kbpsBefore ?? state.kbps;
    const inARow = (full?.inARow ?? 0) + 1;
    return emptied(
      state,
      { kbpsBefore, fromKbps: state.kbps, inARow, restless, foundMs: nowMs, settledMs: nowMs },
      rate,
      report,
      nowMs,
    );
  }
  const empty = { ...state, full: newest.queueMs < thresholdMs ? undefined : full };
  if (report.lossPercent > HEAVY_LOSS_PERCENT)
    return { state: lessForLoss(empty, report.lossPercent, nowMs), holdUntilMs: undefined };
  return { state: grown(empty, report, nowMs), holdUntilMs: undefined };
}

const isRestless = ({ scatterMs }: LinkState, frameMs: number): boolean => scatterMs > RESTLESS_FRAMES * frameMs;

/**
 * Two frames in a row waited: one alone may have had a packet lost and sent again. Where the player has just asked for
 * packets, several of them may; and where frames scatter, a full link shows in that none of many came at once.
 */
function isQueued(link: LinkState, thresholdMs: number, frameMs: number, nackedAtMs: number, sinceMs: number): boolean {
  const newest = link.recent.at(-1);
  if (newest === undefined) return false;
  const sentAgain = newest.sentMs < nackedAtMs + NACK_COUNTS_MS ? 5 : 2;
  const scattered = 2 + Math.ceil((link.scatterMs - RESTLESS_FRAMES * frameMs) / 3);
  const inARow = Math.min(8, Math.max(sentAgain, scattered));
  const latest = link.recent.slice(-inARow);
  return latest.length === inARow && latest.every(({ queueMs, sentMs }) => queueMs > thresholdMs && sentMs > sinceMs);
}

/** The bitrate that the link showed it has, after a pause in which its queue empties. */
function emptied(
  state: RenditionState,
  full: FullLink,
  { kbps: rateKbps, spanMs }: BusyRate,
  { inFlight, nackedAtMs }: PathReport,
  nowMs: number,
): Adapted {
  const queueMs = state.link.recent.at(-1)?.queueMs ?? 0;
  const isLossy = nowMs - nackedAtMs < LOSSY_MS;
  const isUnsure = isLossy || full.restless || spanMs < SURE_AFTER_MS;
  const bySentAgain = isLossy && queueMs < SENT_AGAIN_MS && full.inARow < 2;
  const leastShare = bySentAgain ? LEAST_SHARE.lossy : isUnsure ? LEAST_SHARE.unsure : 0;
  const leastKbps = leastShare * full.fromKbps;
  const kbps = Math.max(USED_SHARE * Math.min(rateKbps, full.fromKbps), leastKbps);
  const emptyMs = Math.min(emptyAtMs(state.link, inFlight, rateKbps), nowMs + MAX_HOLD_MS);
  const settledMs = Math.max(full.settledMs, emptyMs);
  return {
    state: {
      ...state,
      kbps,
      // A glimpse is enough to give way, and not to remember.
      capacityKbps: spanMs < SURE_AFTER_MS && !isLossy ? state.capacityKbps : rateKbps,
      full: { ...full, settledMs },
      fullAtMs: nowMs,
      changedAtMs: nowMs,
    },
    holdUntilMs: emptyMs > nowMs ? emptyMs : undefined,
  };
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

function grown(state: RenditionState, report: PathReport, nowMs: number): RenditionState {
  const sinceMs = Math.max(0, Math.min(100, nowMs - state.changedAtMs));
  // What the picture does not use proves nothing about more of it.
  const provenKbps = 2 * report.sentKbps + 500;
  const grownKbps = state.kbps * (1 + (growth(state, report, nowMs) * sinceMs) / 1000);
  const kbps = Math.max(state.kbps, Math.min(grownKbps, provenKbps));
  // Well above what the link was thought to have, and not full: that measurement was of another time, or wrong.
  const isRefuted = state.capacityKbps !== undefined && kbps > REFUTED_SHARE * state.capacityKbps;
  return { ...state, kbps, capacityKbps: isRefuted ? undefined : state.capacityKbps, changedAtMs: nowMs };
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
