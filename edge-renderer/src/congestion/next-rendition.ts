import type { DisplaySpec } from '@kilat/shared/title/manifest';
import { MAX_HOLD_MS, waitingFromMs, whileFull } from './full-link.ts';
import { whileNotFull } from './growth.ts';
import { nextRung, renditionAt, TOP_OF_LADDER } from './ladder.ts';
import { UNKNOWN_LINK, withArrivals } from './link-state.ts';
import { usedShare, withLoss } from './room.ts';
import type { Adapted, NextRendition, PathReport, RenditionState } from './rendition-state.ts';

const START_KBPS = 3_000;
const LEAST_KBPS = 150;
/** Until a full link was seen empty, this much of the bitrate: what overflowed is being sent again as well. */
const DRAINING_SHARE = { shallow: 0.85, deep: 0.5 };
/** Each report moves the bitrate per kb/s sent by this share of its difference; an easy picture's counts as this. */
const PER_SENT_SHARE = 0.03;
const MOST_PER_SENT = 1.25;
/** Frames without any report for so long mean that none arrives, ms; the bitrate does not fall below this for it. */
const SILENT_MS = 500;
const SILENT_ANSWERS = 4;
const ANSWER_SHARE = 0.1;
const SILENT_KBPS = 300;
/** A fall below this share of the bitrate is an outage, unless there was one just before, ms. */
const OUTAGE_SHARE = 0.45;
const OUTAGES_APART_MS = 8_000;
/** So much more loss than before, percent, is a deep queue's that overflowed. */
const OVERFLOWED_PERCENT = 1;

export function firstRendition(display: DisplaySpec, ceilingKbps: number): NextRendition {
  const kbps = Math.min(START_KBPS, ceilingKbps);
  const state: RenditionState = {
    link: UNKNOWN_LINK,
    kbps,
    perSent: 1,
    capacityKbps: undefined,
    full: undefined,
    fullAtMs: Number.NEGATIVE_INFINITY,
    emptiedAtMs: Number.NEGATIVE_INFINITY,
    outageAtMs: Number.NEGATIVE_INFINITY,
    changedAtMs: Number.NEGATIVE_INFINITY,
    calmLossPercent: 0,
    usualLossPercent: 0,
    answerMs: undefined,
    silentFromKbps: undefined,
    ladder: TOP_OF_LADDER,
  };
  return { state, rendition: renditionAt(0, display, kbps), holdUntilMs: undefined, overflow: undefined };
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
  const { state: adapted, holdUntilMs } =
    report.arrived.length === 0
      ? unanswered(seen, report, nowMs)
      : adapt(answered(seen, nowMs), display, report, nowMs);
  const { state, overflow } = withOverflow(adapted, report);
  const kbps = Math.max(Math.min(state.kbps, report.ceilingKbps), Math.min(LEAST_KBPS, report.ceilingKbps));
  const usedKbps = usedShare(state) * drainingShare(state) * kbps;
  const hungry = report.sentKbps > 0.6 * usedKbps;
  // Silence may be a page that nobody looks at: its size and rate wait for what it says when it is back.
  const ladder = report.arrived.length === 0 ? state.ladder : nextRung(state.ladder, display, kbps, hungry, nowMs);
  return {
    state: { ...state, kbps, ladder },
    rendition: renditionAt(ladder.rung, display, usedKbps),
    holdUntilMs,
    overflow,
  };
}

function drainingShare({ full }: RenditionState): number {
  if (full === undefined) return 1;
  return full.deep ? DRAINING_SHARE.deep : DRAINING_SHARE.shallow;
}

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

/**
 * Nothing waits, or no more. A link that fell far at once was between two cells, as a rule: what it let through there is not
 * what it will.
 */
function onEmptyLink(state: RenditionState, { lossPercent }: PathReport, nowMs: number): RenditionState {
  if (state.full === undefined) return withLoss(state, lossPercent, nowMs);
  const { kbpsBefore } = state.full;
  const emptied = { ...state, full: undefined, emptiedAtMs: state.full.deep ? nowMs : state.emptiedAtMs };
  const isOutage = state.kbps < OUTAGE_SHARE * kbpsBefore && nowMs - state.outageAtMs > OUTAGES_APART_MS;
  return isOutage ? { ...emptied, capacityKbps: kbpsBefore, outageAtMs: nowMs } : emptied;
}

/**
 * What overflowed is asked for once a round trip and sent again each time, through a link that is full of it, and overflows
 * again. A key frame after the pause ends that: with it the player asks for nothing older. Where it overflowed too, and the
 * link is full again, nothing that was sent is sent again.
 */
function withOverflow(state: RenditionState, { lossPercent }: PathReport): Pick<NextRendition, 'state' | 'overflow'> {
  const { full, calmLossPercent } = state;
  const isMissing = lossPercent > calmLossPercent + OVERFLOWED_PERCENT;
  if (full === undefined || !full.deep || full.refreshed || !isMissing) return { state, overflow: undefined };
  const overflow = full.inARow === 1 ? 'key-frame' : 'forget';
  return { state: { ...state, full: { ...full, refreshed: true } }, overflow };
}

function adapt(state: RenditionState, display: DisplaySpec, report: PathReport, nowMs: number): Adapted {
  const newest = state.link.recent.at(-1);
  if (newest === undefined) return { state, holdUntilMs: undefined };
  const frameMs = 1000 / renditionAt(state.ladder.rung, display, 0).framesPerSecond;
  const full = whileFull(state, newest, frameMs, report, nowMs);
  if (full !== undefined) return full;
  const isEmpty = newest.queueMs < waitingFromMs(state.link, frameMs);
  const usedKbps = usedShare(state) * state.kbps;
  const perSent = Math.min(MOST_PER_SENT, Math.max(1, usedKbps / Math.max(1, report.sentKbps)));
  const calm: RenditionState = {
    ...(isEmpty ? onEmptyLink(state, report, nowMs) : state),
    perSent: state.perSent + PER_SENT_SHARE * (perSent - state.perSent),
  };
  return { state: whileNotFull(calm, frameMs, report, nowMs), holdUntilMs: undefined };
}
