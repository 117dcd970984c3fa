import type { InputEvent } from '@kilat/shared/input/events';
import { type Rate, TokenBucket } from '@kilat/shared/server/token-bucket';

/** Twice the quickest mouse there is; a page that comes back brings at most some hundred events at once. */
const RATE: Rate = { capacity: 1_000, perSecond: 2_000 };
/** What lets go is never too much: nothing may stay held. */
const ALWAYS: ReadonlySet<InputEvent['type']> = new Set([
  'key-up',
  'button-up',
  'touch-end',
  'release-all',
  'gamepad-unplugged',
  'superseded',
]);

/** How many events one page may bring, so that a flood of them does not take the machine from other players. */
export class InputBudget {
  readonly #bucket: TokenBucket;
  #dropped = 0;

  constructor(nowMs: number) {
    this.#bucket = new TokenBucket(RATE, nowMs);
  }

  /** Events that were passed over so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether the title gets the event. */
  admits({ type }: InputEvent, nowMs: number): boolean {
    if (ALWAYS.has(type) || this.#bucket.take(nowMs)) return true;
    this.#dropped += 1;
    return false;
  }
}
