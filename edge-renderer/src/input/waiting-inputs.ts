import type { InputEvent } from '@kilat/shared/input/events';
import { canBeAnswered } from '@kilat/shared/input/answerable';
import { type AnsweredInput, MAX_ANSWERS_PER_REPORT } from '@kilat/shared/input/report';
import type { SentFrame } from '../container/messages.ts';

interface WaitingInput {
  seq: number;
  receivedMs: number;
  injectedMs: number;
}

/** Inputs that no changed frame followed within this time are left unanswered (the player counts them). */
const PATIENCE_MS = 1_500;

/** Injected inputs that wait for the first frame captured, because of damage, after them. */
export class WaitingInputs {
  #waiting: WaitingInput[] = [];

  /** Times in ms on the monotonic clock. Releases are no inputs to answer. */
  injected(seq: number, event: InputEvent, receivedMs: number, injectedMs: number): void {
    if (!canBeAnswered(event)) return;
    this.#waiting = this.#waiting.filter((input) => input.injectedMs > injectedMs - PATIENCE_MS);
    this.#waiting.push({ seq, receivedMs, injectedMs });
  }

  /** The inputs this frame answers, oldest first, at most one report's worth. */
  answeredBy(frame: SentFrame): AnsweredInput[] {
    if (frame.cause !== 'damage') return [];
    const { rtpTimestamp, capturedMs, convertedMs, encodedMs, sentMs } = frame;
    const answered: AnsweredInput[] = [];
    const rest: WaitingInput[] = [];
    for (const input of this.#waiting) {
      if (input.injectedMs > capturedMs || answered.length === MAX_ANSWERS_PER_REPORT) rest.push(input);
      else
        answered.push({
          ...input,
          rtpTimestamp,
          damagedMs: Math.max(frame.damagedMs, input.injectedMs),
          capturedMs,
          convertedMs,
          encodedMs,
          sentMs,
        });
    }
    this.#waiting = rest;
    return answered;
  }

  clear(): void {
    this.#waiting = [];
  }
}
