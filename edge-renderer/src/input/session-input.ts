import type { AnsweredInput, EdgeReport } from '@kilat/shared/input/report';
import type { InputAccess } from '../container/container.ts';
import type { SentFrame } from '../container/messages.ts';
import { monotonicMs } from '../monotonic.ts';
import { InputBudget } from './input-budget.ts';
import { InputStream, type NumberedInput } from './input-stream.ts';
import { WaitingInputs } from './waiting-inputs.ts';

/** An input packet is acknowledged at the latest this long after it came, ms. */
const ACK_MS = 20;

export interface InputListener {
  /** For the page: what has arrived, what was answered, a ping's answer. */
  report(report: EdgeReport): void;
  /** The player did something. */
  touched(atMs: number): void;
  /** The title was given something: a frame may follow. */
  injected(): void;
}

/** A session's inputs, from the packet to the title and on to the frame that answers them. */
export class SessionInput {
  readonly counts = {
    inputs: 0,
    /** Gamepad states passed over because they came too fast. */
    padStatesThinned: 0,
    /** Inputs passed over because they came too fast. */
    inputsDropped: 0,
  };
  readonly #listener: InputListener;
  readonly #waiting = new WaitingInputs();
  readonly #budget = new InputBudget(monotonicMs());
  #stream = new InputStream();
  /** Undefined until the title can be given something. */
  #access: InputAccess | undefined;
  #ackTimer: NodeJS.Timeout | undefined;

  constructor(listener: InputListener) {
    this.#listener = listener;
  }

  use(access: InputAccess): void {
    this.#access = access;
  }

  /** One packet of the page's `input` stream; false when it makes no sense. */
  take(packet: Uint8Array, receivedMs: number): boolean {
    const arrival = this.#stream.arrive(packet);
    switch (arrival.kind) {
      case 'malformed':
        return false;
      case 'ping':
        this.#listener.report({ kind: 'pong', pingSentMs: arrival.sentMs, receivedMs, sentMs: monotonicMs() });
        return true;
      case 'inputs':
        this.#inject(arrival.fresh, receivedMs);
        return true;
    }
  }

  /** What the frame answers, which the page is told of. */
  answeredBy(frame: SentFrame): AnsweredInput[] {
    const answered = this.#waiting.answeredBy(frame);
    if (answered.length > 0) this.#acknowledge(answered);
    return answered;
  }

  /** Another page numbers its inputs anew, and holds nothing. */
  pageReplaced(): void {
    this.#stream = new InputStream();
    this.#waiting.clear();
    this.releaseAll();
  }

  releaseAll(): void {
    this.#access?.injector.releaseAll();
  }

  close(): void {
    clearTimeout(this.#ackTimer);
  }

  #inject(fresh: NumberedInput[], receivedMs: number): void {
    this.#ackTimer ??= setTimeout(() => this.#acknowledge([]), ACK_MS);
    if (this.#access === undefined || fresh.length === 0) return;
    const { injector, gamepads } = this.#access;
    this.#listener.touched(receivedMs);
    for (const { seq, event } of fresh) {
      if (!this.#budget.admits(event, receivedMs)) continue;
      injector.inject(event);
      this.#waiting.injected(seq, event, receivedMs, monotonicMs());
    }
    this.counts.inputs += fresh.length;
    this.counts.inputsDropped = this.#budget.dropped;
    this.counts.padStatesThinned = gamepads?.thinned ?? 0;
    this.#listener.injected();
  }

  #acknowledge(answered: AnsweredInput[]): void {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = undefined;
    this.#listener.report({ kind: 'inputs', ackSeq: this.#stream.ackSeq, answered });
  }
}
