import type { AnsweredInput } from '../input/report.ts';
import type { ClockAlignment } from './clock.ts';

/** Where the time between an input and its photon goes, in order. */
export const LATENCY_STAGES = [
  'input',
  'inject',
  'title',
  'capture',
  'encode',
  'network',
  'jitter',
  'decode',
  'present',
] as const;
export type LatencyStage = (typeof LATENCY_STAGES)[number];

/**
 * One frame as the browser showed it (`requestVideoFrameCallback` metadata), ms on the player's clock.
 * `shownMs` is the callback's time; `expectedDisplayMs` what the compositor promised.
 */
export interface ShownFrame {
  rtpTimestamp: number;
  /** Last packet received; undefined where the browser does not tell. */
  receivedMs: number | undefined;
  /** Time in the decoder. */
  decodeMs: number | undefined;
  /** Handed to the compositor. */
  presentedMs: number;
  shownMs: number;
  expectedDisplayMs: number;
}

/** One input's way to the screen; the stages add up to `totalMs`. */
export interface LatencySample {
  seq: number;
  inputAtMs: number;
  totalMs: number;
  /** Until the compositor's expected display time, where it lies after the callback. */
  expectedTotalMs: number;
  stages: Record<LatencyStage, number>;
}

/** Splits one input's latency, given its time on the player's clock, the edge's answer, the frame shown and the clocks. */
export function splitLatency(
  seq: number,
  inputAtMs: number,
  answer: AnsweredInput,
  frame: ShownFrame,
  clock: ClockAlignment,
): LatencySample {
  const local = (edgeMs: number) => edgeMs - clock.offsetMs;
  const receivedMs = frame.receivedMs ?? frame.presentedMs;
  const decode = Math.min(frame.decodeMs ?? 0, frame.presentedMs - receivedMs);
  const stages: Record<LatencyStage, number> = {
    input: local(answer.receivedMs) - inputAtMs,
    inject: answer.injectedMs - answer.receivedMs,
    title: answer.damagedMs - answer.injectedMs,
    capture: answer.convertedMs - answer.damagedMs,
    encode: answer.encodedMs - answer.convertedMs,
    network: receivedMs - local(answer.encodedMs),
    jitter: frame.presentedMs - receivedMs - decode,
    decode,
    present: frame.shownMs - frame.presentedMs,
  };
  return {
    seq,
    inputAtMs,
    totalMs: frame.shownMs - inputAtMs,
    expectedTotalMs: Math.max(frame.shownMs, frame.expectedDisplayMs) - inputAtMs,
    stages,
  };
}
