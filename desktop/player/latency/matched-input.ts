import type { AnsweredInput } from '@kilat/shared/input/report';
import type { InputEvent } from '@kilat/shared/input/events';
import type { ClockAlignment } from '@kilat/shared/latency/clock';
import { type LatencyStage, type ShownFrame, splitLatency } from '@kilat/shared/latency/stages';

/** An input with no shown answer within this time is unmatched, ms. */
export const UNMATCHED_AFTER_MS = 2_000;

/** One input whose photon was seen. `stages` is undefined where the edge gave no answer or the clocks are not aligned yet. */
export interface MatchedInput {
  seq: number;
  inputAtMs: number;
  shownMs: number;
  totalMs: number;
  /** Until the compositor's expected display time, where it lies after the callback. */
  expectedTotalMs: number;
  stages: Record<LatencyStage, number> | undefined;
}

/** Follows one connection's inputs to their photons. Calls back with each match; the counts are the caller's. */
export interface InputMatcher {
  /** Whether the input counts: whether it can have a photon by this matcher's measure. */
  sent(seq: number, event: InputEvent, atMs: number): boolean;
  answered(answer: AnsweredInput): void;
  shown(frame: ShownFrame, video: HTMLVideoElement | undefined): void;
  /** Gives up inputs that waited too long; how many. `Infinity`: all that wait. */
  expire(nowMs: number): number;
}

export type Clock = () => ClockAlignment | undefined;

export function matchedInput(
  seq: number,
  inputAtMs: number,
  frame: ShownFrame,
  answer: AnsweredInput | undefined,
  clock: ClockAlignment | undefined,
): MatchedInput {
  return {
    seq,
    inputAtMs,
    shownMs: frame.shownMs,
    totalMs: frame.shownMs - inputAtMs,
    expectedTotalMs: Math.max(frame.shownMs, frame.expectedDisplayMs) - inputAtMs,
    stages: answer && clock && splitLatency(seq, inputAtMs, answer, frame, clock).stages,
  };
}
