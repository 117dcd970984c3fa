import type { Arrived, InFlight } from './arrivals.ts';

/** An arrival with its queueing delay: how much longer it took than the quickest lately, ms. */
export interface Delayed extends Arrived {
  delayMs: number;
  queueMs: number;
}

/** What is known of the way to the player. Delays are between unaligned clocks. */
export interface LinkState {
  /** Arrivals of the last second, in the order they were sent. */
  recent: readonly Delayed[];
  /** Shortest delay of this span of time and of the one before. */
  shortest: { fromMs: number; delayMs: number; beforeMs: number };
  /** Queueing delay of most quick probes, and how far the others scatter, ms: the machines' doing. */
  usualMs: number;
  scatterMs: number;
}

export const UNKNOWN_LINK: LinkState = {
  recent: [],
  shortest: { fromMs: Number.NEGATIVE_INFINITY, delayMs: Number.POSITIVE_INFINITY, beforeMs: Number.POSITIVE_INFINITY },
  usualMs: 2,
  scatterMs: 3,
};

export interface BusyRate {
  kbps: number;
  spanMs: number;
}

const RECENT_MS = 1_000;
/** Routes change: the shortest delay is that of the last 8 to 16 s. */
const SHORTEST_SPAN_MS = 8_000;
/** Each probe moves what is usual by this share of its difference: quickly down, slowly up. Longer delays count as this, ms. */
const USUAL_SHARE = { down: 0.03, up: 0.004 };
const SCATTER_SHARE = 0.015;
const MOST_USUAL_MS = 40;

/** Takes in what arrived, in the order it was sent. */
export function withArrivals(link: LinkState, arrived: readonly Arrived[]): LinkState {
  let { recent, shortest, usualMs, scatterMs } = link;
  for (const one of arrived) {
    const delayMs = one.arrivedMs - one.sentMs;
    if (one.sentMs - shortest.fromMs > SHORTEST_SPAN_MS)
      shortest = { fromMs: one.sentMs, delayMs, beforeMs: shortest.delayMs };
    else if (delayMs < shortest.delayMs) shortest = { ...shortest, delayMs };
    const queueMs = delayMs - Math.min(shortest.delayMs, shortest.beforeMs);
    if (one.kind === 'probe') {
      const usual = Math.min(queueMs, MOST_USUAL_MS);
      scatterMs += SCATTER_SHARE * (Math.abs(usual - usualMs) - scatterMs);
      usualMs += (usual < usualMs ? USUAL_SHARE.down : USUAL_SHARE.up) * (usual - usualMs);
    }
    recent = [...recent, { ...one, delayMs, queueMs }];
  }
  const newestMs = recent.at(-1)?.sentMs ?? 0;
  return { recent: recent.filter(({ sentMs }) => newestMs - sentMs <= RECENT_MS), shortest, usualMs, scatterMs };
}

/** Forgets the shortest delay in favour of the latest ones: the way has become longer, not fuller. */
export function withLongerWay(link: LinkState): LinkState {
  const delayMs = Math.min(...link.recent.slice(-20).map((frame) => frame.delayMs));
  const fromMs = link.recent.at(-1)?.sentMs ?? 0;
  return {
    ...link,
    shortest: { fromMs, delayMs, beforeMs: Number.POSITIVE_INFINITY },
    recent: link.recent.map((frame) => ({ ...frame, queueMs: frame.delayMs - delayMs })),
  };
}

/**
 * The rate at which the link let the latest through while all of it had waited for longer than `aboveMs`, and for how long
 * that was; undefined when the newest two did not. What leaves a busy link between two arrivals is its capacity, whatever
 * was sent.
 */
export function busyRate({ recent }: LinkState, withinMs: number, aboveMs: number): BusyRate | undefined {
  let [bytes, spanMs] = [0, 0];
  for (let place = recent.length - 1; place > 0 && spanMs < withinMs; place--) {
    const [before, one] = [recent[place - 1], recent[place]];
    if (before === undefined || one === undefined || Math.min(before.queueMs, one.queueMs) <= aboveMs) break;
    bytes += one.bytesSince;
    spanMs += one.arrivedMs - before.arrivedMs;
  }
  return spanMs > 0 ? { kbps: (bytes * 8) / spanMs, spanMs } : undefined;
}

/** When, on the edge's clock, the link will have passed all that is under way, at `kbps`. */
export function emptyAtMs({ recent, shortest }: LinkState, inFlight: InFlight, kbps: number): number {
  const newest = recent.at(-1);
  if (newest === undefined) return Number.NEGATIVE_INFINITY;
  const wayMs = Math.min(shortest.delayMs, shortest.beforeMs);
  return newest.arrivedMs - wayMs + (inFlight.bytes * 8) / kbps;
}
