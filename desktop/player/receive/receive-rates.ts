import type { ReceiveTotals } from './receive-totals.ts';

/** What was received between two moments; averages are undefined where nothing passed. */
export interface ReceiveRates {
  durationMs: number;
  framesPerSecond: number;
  videoKbps: number;
  audioKbps: number;
  lossPercent: number;
  packetsReceived: number;
  packetsLost: number;
  jitterBufferMs: number | undefined;
  decodeMs: number | undefined;
  audioJitterBufferMs: number | undefined;
  freezes: number;
  framesDropped: number;
}

/** Differences of two readings of one connection's counters. */
export function receiveRates(before: ReceiveTotals, after: ReceiveTotals): ReceiveRates {
  const durationMs = Math.max(1, after.atMs - before.atMs);
  const [v0, v1, a0, a1] = [before.video, after.video, before.audio, after.audio];
  const frames = v1.framesDecoded - v0.framesDecoded;
  const packetsReceived = v1.packetsReceived - v0.packetsReceived;
  // Late packets count as lost first and are taken back: never below zero.
  const packetsLost = Math.max(0, v1.packetsLost - v0.packetsLost);
  return {
    durationMs,
    framesPerSecond: (frames * 1_000) / durationMs,
    videoKbps: ((v1.bytes - v0.bytes) * 8) / durationMs,
    audioKbps: ((a1.bytes - a0.bytes) * 8) / durationMs,
    lossPercent: packetsReceived + packetsLost > 0 ? (packetsLost * 100) / (packetsReceived + packetsLost) : 0,
    packetsReceived,
    packetsLost,
    jitterBufferMs: perItem(v1.jitterBufferMs - v0.jitterBufferMs, v1.jitterBufferFrames - v0.jitterBufferFrames),
    decodeMs: perItem(v1.decodeMs - v0.decodeMs, frames),
    audioJitterBufferMs: perItem(
      a1.jitterBufferMs - a0.jitterBufferMs,
      a1.jitterBufferSamples - a0.jitterBufferSamples,
    ),
    freezes: v1.freezes - v0.freezes,
    framesDropped: v1.framesDropped - v0.framesDropped,
  };
}

const perItem = (sum: number, items: number): number | undefined => (items > 0 ? sum / items : undefined);

/** Sums counters across connections: a resume starts new ones at zero. */
export function addTotals(earlier: ReceiveTotals, current: ReceiveTotals): ReceiveTotals {
  const add = <Totals extends object>(a: Totals, b: Totals, latest: readonly (keyof Totals)[]): Totals => {
    const sum = { ...b };
    for (const name of Object.keys(b) as (keyof Totals)[]) {
      const [x, y] = [a[name], b[name]];
      if (typeof x === 'number' && typeof y === 'number' && !latest.includes(name))
        (sum as Record<keyof Totals, unknown>)[name] = x + y;
    }
    return sum;
  };
  return {
    atMs: current.atMs,
    roundTripMs: current.roundTripMs,
    video: add(earlier.video, current.video, ['width', 'height']),
    audio: add(earlier.audio, current.audio, []),
  };
}
