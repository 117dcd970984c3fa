import type { InputEvent } from '@kilat/shared/input/events';
import { canBeAnswered } from '@kilat/shared/input/answerable';
import type { AnsweredInput } from '@kilat/shared/input/report';
import type { ShownFrame } from '@kilat/shared/latency/stages';
import { rtpAtOrAfter } from '@kilat/shared/units';
import { type Clock, type InputMatcher, type MatchedInput, matchedInput, UNMATCHED_AFTER_MS } from './matched-input.ts';

/** Answers come before or after their frame is shown; this many shown frames are kept for late answers. */
const KEPT_FRAMES = 240;

/**
 * Matches inputs with the first shown frame at or after the one the edge captured next (never the nearest: a frame
 * before it cannot show the input, and a dropped one was not seen).
 */
export class NextFrameMatcher implements InputMatcher {
  readonly #clock: Clock;
  readonly #onMatch: (match: MatchedInput) => void;
  readonly #sent = new Map<number, number>();
  readonly #answered = new Map<number, { atMs: number; answer: AnsweredInput }>();
  readonly #frames: ShownFrame[] = [];

  constructor(clock: Clock, onMatch: (match: MatchedInput) => void) {
    this.#clock = clock;
    this.#onMatch = onMatch;
  }

  sent(seq: number, event: InputEvent, atMs: number): boolean {
    if (!canBeAnswered(event)) return false;
    this.#sent.set(seq, atMs);
    return true;
  }

  answered(answer: AnsweredInput): void {
    const atMs = this.#sent.get(answer.seq);
    if (atMs === undefined) return;
    this.#sent.delete(answer.seq);
    const frame = this.#frames.find(
      ({ rtpTimestamp, shownMs }) => shownMs >= atMs && rtpAtOrAfter(rtpTimestamp, answer.rtpTimestamp),
    );
    if (frame === undefined) this.#answered.set(answer.seq, { atMs, answer });
    else this.#match(answer.seq, atMs, answer, frame);
  }

  shown(frame: ShownFrame): void {
    this.#frames.push(frame);
    if (this.#frames.length > KEPT_FRAMES) this.#frames.shift();
    for (const [seq, { atMs, answer }] of this.#answered) {
      if (!rtpAtOrAfter(frame.rtpTimestamp, answer.rtpTimestamp)) continue;
      this.#answered.delete(seq);
      this.#match(seq, atMs, answer, frame);
    }
  }

  expire(nowMs: number): number {
    let expired = 0;
    for (const [seq, atMs] of this.#sent) {
      if (nowMs - atMs > UNMATCHED_AFTER_MS && this.#sent.delete(seq)) expired++;
    }
    for (const [seq, { atMs }] of this.#answered) {
      if (nowMs - atMs > UNMATCHED_AFTER_MS && this.#answered.delete(seq)) expired++;
    }
    return expired;
  }

  #match(seq: number, atMs: number, answer: AnsweredInput, frame: ShownFrame): void {
    this.#onMatch(matchedInput(seq, atMs, frame, answer, this.#clock()));
  }
}
