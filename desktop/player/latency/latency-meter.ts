import type { InputEvent } from '@kilat/shared/input/events';
import type { AnsweredInput } from '@kilat/shared/input/report';
import { type ClockAlignment, ClockAligner, type ClockExchange } from '@kilat/shared/latency/clock';
import type { ShownFrame } from '@kilat/shared/latency/stages';
import type { InputMatcher, MatchedInput } from './matched-input.ts';
import { NextFrameMatcher } from './next-frame-matcher.ts';
import { ProbeMatcher, type ReadProbe } from './probe-matcher.ts';

export interface InputCounts {
  sent: number;
  matched: number;
  unmatched: number;
}

/** Measures a session's inputs across its connections. */
export class LatencyMeter {
  readonly measure: 'photon' | 'next-frame';
  readonly #readProbe: ReadProbe | undefined;
  readonly #onMatch: (match: MatchedInput) => void;
  readonly #counts: InputCounts = { sent: 0, matched: 0, unmatched: 0 };
  #clock = new ClockAligner();
  #matcher: InputMatcher;

  /** `readProbe`: in a probe title, what reads the input's number out of the picture. */
  constructor(readProbe: ReadProbe | undefined, onMatch: (match: MatchedInput) => void) {
    this.measure = readProbe === undefined ? 'next-frame' : 'photon';
    this.#readProbe = readProbe;
    this.#onMatch = onMatch;
    this.#matcher = this.#newMatcher();
  }

  get counts(): InputCounts {
    return { ...this.#counts };
  }

  alignment(nowMs: number): ClockAlignment | undefined {
    return this.#clock.alignment(nowMs);
  }

  get roundTripMs(): number | undefined {
    return this.#clock.lastRoundTripMs;
  }

  sent(seq: number, event: InputEvent, atMs: number): void {
    if (this.#matcher.sent(seq, event, atMs)) this.#counts.sent++;
  }

  ponged(exchange: ClockExchange): void {
    this.#clock.add(exchange);
  }

  answered(answers: readonly AnsweredInput[]): void {
    for (const answer of answers) this.#matcher.answered(answer);
  }

  shown(frame: ShownFrame, video: HTMLVideoElement): void {
    this.#matcher.shown(frame, video);
  }

  /** Gives up what waited too long; call about once a second. */
  expire(nowMs: number): void {
    this.#counts.unmatched += this.#matcher.expire(nowMs);
  }

  /** A new connection numbers its inputs anew, perhaps on another process's clock; what waited is lost. */
  connectionReplaced(): void {
    this.expire(Number.POSITIVE_INFINITY);
    this.#clock = new ClockAligner();
    this.#matcher = this.#newMatcher();
  }

  #newMatcher(): InputMatcher {
    const clock = () => this.#clock.alignment(performance.now());
    const onMatch = (match: MatchedInput) => {
      this.#counts.matched++;
      this.#onMatch(match);
    };
    return this.#readProbe === undefined
      ? new NextFrameMatcher(clock, onMatch)
      : new ProbeMatcher(clock, this.#readProbe, onMatch);
  }
}
