import { type NetworkTarget, networkTargetText } from '@kilat/shared/title/network-target';
import { RefusedTargetError } from './dial.ts';
import type { NetworkTally } from './messages.ts';

/** Counts what a title does with its network, and says each kind of trouble once for each target. */
export class Tally {
  readonly counts: NetworkTally = { connections: 0, flows: 0, refused: 0, failed: 0, dropped: 0 };
  readonly #said = new Set<string>();
  readonly #say: (words: string) => void;

  constructor(say: (words: string) => void) {
    this.#say = say;
  }

  /** A connection or flow that did not come about. */
  unreached(target: NetworkTarget, error: unknown): void {
    const isRefused = error instanceof RefusedTargetError;
    this.counts[isRefused ? 'refused' : 'failed'] += 1;
    const text = networkTargetText(target);
    const { code, message } = error as NodeJS.ErrnoException;
    if (isRefused) this.#once(`refused ${text}`, message);
    else this.#once(`failed ${text}`, `${text} could not be reached (${code ?? message}).`);
  }

  dropped(target: NetworkTarget, bound: string): void {
    this.counts.dropped += 1;
    this.#once(`dropped ${bound}`, `It may have ${bound}; one more, to ${networkTargetText(target)}, was not made.`);
  }

  #once(key: string, words: string): void {
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.#say(words);
  }
}
