import { Catalogue, type CatalogueTitle } from '@kilat/shared/title/catalogue';
import type { IndexerSocket } from '../../launch/indexer-socket.ts';

export type CatalogueState =
  | { is: 'loading' }
  /** `live`: the Indexer is connected and tells of changes; otherwise the titles are the last known ones. */
  | { is: 'ready'; titles: CatalogueTitle[]; live: boolean }
  /** Nothing is known yet. `retryAtMs` on `performance.now()`; undefined while a try is under way. */
  | { is: 'unreachable'; retryAtMs: number | undefined };

const ANSWER_WITHIN_MS = 6000;
const RETRY_AFTER_MS = [1000, 2000, 4000, 8000];

/** The catalogue as it is now: fetched once, then kept true by notices. Asks again by itself until the Indexer answers. */
export class CatalogueFeed {
  #state: CatalogueState = { is: 'loading' };
  readonly #watchers = new Set<() => void>();
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(indexer: Pick<IndexerSocket, 'onNotice' | 'onConnection'>) {
    indexer.onNotice('catalogue', (catalogue) => this.#take(catalogue));
    indexer.onConnection((connected) => {
      // Notices tell of changes only: what changed before the socket was there has to be asked for.
      if (connected) void this.refresh();
      else if (this.#state.is === 'ready') this.#change({ ...this.#state, live: false });
    });
    void this.refresh();
  }

  get state(): CatalogueState {
    return this.#state;
  }

  /** Calls back after each change; returns the way to stop. */
  readonly watch = (onChange: () => void): (() => void) => {
    this.#watchers.add(onChange);
    return () => this.#watchers.delete(onChange);
  };

  /** Asks the Indexer now. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#state.is === 'unreachable') this.#change({ is: 'unreachable', retryAtMs: undefined });
    try {
      const answer = await fetch('/api/titles', { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      if (!answer.ok) throw new Error(`The Indexer answered ${answer.status}.`);
      this.#take(Catalogue.parse(await answer.json()));
    } catch {
      this.#retryLater();
    }
  }

  #take({ titles }: Catalogue): void {
    clearTimeout(this.#timer);
    this.#tries = 0;
    this.#change({ is: 'ready', titles, live: true });
  }

  #retryLater(): void {
    const usualMs = RETRY_AFTER_MS[Math.min(this.#tries++, RETRY_AFTER_MS.length - 1)] ?? 8000;
    const afterMs = usualMs * (0.8 + 0.4 * Math.random());
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.refresh(), afterMs);
    this.#change(
      this.#state.is === 'ready'
        ? { ...this.#state, live: false }
        : { is: 'unreachable', retryAtMs: performance.now() + afterMs },
    );
  }

  #change(next: CatalogueState): void {
    this.#state = next;
    for (const tell of this.#watchers) tell();
  }
}
