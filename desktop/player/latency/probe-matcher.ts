import type { InputEvent } from '@kilat/shared/input/events';
import type { AnsweredInput } from '@kilat/shared/input/report';
import type { ShownFrame } from '@kilat/shared/latency/stages';
import { nextProbeState, type ProbeState } from '@kilat/shared/title/probe-code';
import { VIDEO_TICKS_PER_MS } from '@kilat/shared/units';
import { type Clock, type InputMatcher, type MatchedInput, matchedInput, UNMATCHED_AFTER_MS } from './matched-input.ts';

/** Reads the number and hash a frame carries, while the element shows it; undefined where there are none to be read. */
export type ReadProbe = (video: HTMLVideoElement) => Promise<ProbeState | undefined>;

/** After the connection every frame is read for so long, ms: keys that wake a waiting probe move its number. */
const SETTLING_MS = 3_000;
/** Afterwards, while no press is out, a frame is read this often, ms, to notice a number that moved by itself. */
const IDLE_READ_MS = 250;

interface Press {
  seq: number;
  atMs: number;
  /** What the picture says once the press is in it; undefined for a press made while the picture's own state was unknown. */
  expected: ProbeState | undefined;
}

interface SeenPress {
  atMs: number;
  frame: ShownFrame;
}

/**
 * True input to photon in a probe title: a press is in the picture when the decoded number is its own or a later one
 * and the decoded hash is the one that these presses, in this order, give.
 */
export class ProbeMatcher implements InputMatcher {
  readonly #clock: Clock;
  readonly #read: ReadProbe;
  readonly #onMatch: (match: MatchedInput) => void;
  #presses: Press[] = [];
  /** Seen, but the edge's answer, which splits the time, is yet to come. */
  readonly #seen = new Map<number, SeenPress>();
  readonly #answers = new Map<number, AnsweredInput>();
  /** The picture's state once every press so far is in it. */
  #tip: ProbeState | undefined;
  /** Presses given up since `expire` last told. */
  #givenUp = 0;
  #firstShownMs: number | undefined;
  #lastReadMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> = Promise.resolve();

  constructor(clock: Clock, read: ReadProbe, onMatch: (match: MatchedInput) => void) {
    this.#clock = clock;
    this.#read = read;
    this.#onMatch = onMatch;
  }

  sent(seq: number, event: InputEvent, atMs: number): boolean {
    const code = pressCode(event);
    if (code === undefined) return false;
    this.#tip = this.#tip && nextProbeState(this.#tip, code);
    this.#presses.push({ seq, atMs, expected: this.#tip });
    return true;
  }

  answered(answer: AnsweredInput): void {
    const seen = this.#seen.get(answer.seq);
    if (seen !== undefined) {
      this.#seen.delete(answer.seq);
      this.#match(answer.seq, seen, answer);
    } else if (this.#presses.some(({ seq }) => seq === answer.seq)) {
      this.#answers.set(answer.seq, answer);
    }
  }

  shown(frame: ShownFrame, video: HTMLVideoElement | undefined): void {
    this.#firstShownMs ??= frame.shownMs;
    const due =
      this.#presses.length > 0 ||
      this.#tip === undefined ||
      frame.shownMs - this.#firstShownMs < SETTLING_MS ||
      frame.shownMs - this.#lastReadMs >= IDLE_READ_MS;
    if (!due || video === undefined) return;
    this.#lastReadMs = frame.shownMs;
    const reading = this.#read(video);
    // In the order of the frames, whichever reading is done first.
    this.#reading = this.#reading.then(async () => this.saw(frame, await reading)).catch(() => undefined);
  }

  /** A shown frame carries this state. */
  saw(frame: ShownFrame, state: ProbeState | undefined): void {
    if (state === undefined) return;
    if (this.#tip === undefined) this.#giveUp(this.#presses);
    const place = this.#presses.findIndex(
      ({ expected }) => expected?.number === state.number && expected.hash === state.hash,
    );
    if (place === -1) {
      // Not the doing of a press that waits: the state from which the next ones count.
      if (this.#presses.length === 0) this.#tip = state;
      return;
    }
    for (const { seq, atMs } of this.#presses.splice(0, place + 1)) {
      const answer = this.#answers.get(seq);
      this.#answers.delete(seq);
      if (answer === undefined) this.#seen.set(seq, { atMs, frame });
      else this.#match(seq, { atMs, frame }, answer);
    }
  }

  expire(nowMs: number): number {
    const late = (atMs: number) => nowMs - atMs > UNMATCHED_AFTER_MS;
    for (const [seq, seen] of this.#seen) {
      if (late(seen.atMs) && this.#seen.delete(seq)) this.#match(seq, seen, undefined);
    }
    const expired = this.#presses.filter(({ atMs }) => late(atMs));
    // What was expected did not come: count anew from what the picture says next.
    if (expired.length > 0) this.#tip = undefined;
    this.#giveUp(expired);
    const unmatched = this.#givenUp;
    this.#givenUp = 0;
    return unmatched;
  }

  #giveUp(presses: readonly Press[]): void {
    this.#givenUp += presses.length;
    for (const { seq } of presses) this.#answers.delete(seq);
    this.#presses = this.#presses.filter((press) => !presses.includes(press));
  }

  #match(seq: number, { atMs, frame }: SeenPress, answer: AnsweredInput | undefined): void {
    this.#onMatch(matchedInput(seq, atMs, frame, answer && answerForFrame(answer, frame.rtpTimestamp), this.#clock()));
  }
}

/** Code by which the probe title counts a press; undefined for events it does not count. */
function pressCode(event: InputEvent): number | undefined {
  if (event.type === 'key-down') return event.key;
  return event.type === 'button-down' ? 0x110 + event.button : undefined;
}

/**
 * The edge answers with the next frame it captured, but on a moving screen the title may draw its response only in a
 * later one: then the time between the two is the title's.
 */
export function answerForFrame(answer: AnsweredInput, rtpTimestamp: number): AnsweredInput {
  const laterMs = ((rtpTimestamp - answer.rtpTimestamp) | 0) / VIDEO_TICKS_PER_MS;
  return {
    ...answer,
    rtpTimestamp,
    damagedMs: answer.damagedMs + laterMs,
    capturedMs: answer.capturedMs + laterMs,
    convertedMs: answer.convertedMs + laterMs,
    encodedMs: answer.encodedMs + laterMs,
    sentMs: answer.sentMs + laterMs,
  };
}
