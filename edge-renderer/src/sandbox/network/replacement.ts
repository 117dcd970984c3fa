/** When relays are given up. */
export interface Patience {
  /** One that is not ready after this long is killed. */
  readyMs: number;
  /** Before the first, second, ... replacement in a row; after the last of them none is tried any more. */
  pausesMs: readonly number[];
  /** A relay that lived this long died of something new: pauses begin anew. */
  settledMs: number;
}

export const PATIENCE: Patience = { readyMs: 10_000, pausesMs: [0, 1_000, 5_000, 15_000], settledMs: 60_000 };

/** Whether and when a relay that died, or was not to be started, is replaced. */
export class Replacements {
  readonly #patience: Pick<Patience, 'pausesMs' | 'settledMs'>;
  #failures = 0;

  constructor(patience: Pick<Patience, 'pausesMs' | 'settledMs'>) {
    this.#patience = patience;
  }

  /** How long to wait before the next one, ms; undefined: no more. `servedMs`: how long the last one served, 0 if never. */
  next(servedMs: number): number | undefined {
    const { pausesMs, settledMs } = this.#patience;
    if (servedMs >= settledMs) this.#failures = 0;
    return pausesMs[this.#failures++];
  }
}
