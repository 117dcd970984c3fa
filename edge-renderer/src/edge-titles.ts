import type { EdgeAnnouncement } from '@kilat/shared/edge/messages';
import type { TitleId } from '@kilat/shared/ids';
import { missingParts } from '@kilat/titles/installed';
import { bundledTitles, loadTitles, type LoadedTitle, type TitleProblem } from '@kilat/titles/load';
import type { ChosenSandbox } from './sandbox/choose.ts';
import { titleRefusals } from './sandbox/refused-titles.ts';

/** How often titles are looked at again: an operator may have installed one, ms. */
const LOOK_EVERY_MS = 5_000;
/** What an announcement has room for. */
const MOST_MISSING = { parts: 32, characters: 200 };

/** The titles whose manifests this edge has: those it may run, and what keeps the others from running. */
export class EdgeTitles {
  readonly #loaded: readonly LoadedTitle[];
  readonly #refused = new Map<TitleId, TitleProblem[]>();
  /** Of manifests, and, once `refuse` was called, of titles that ask for too much. */
  readonly problems: TitleProblem[];

  private constructor(loaded: readonly LoadedTitle[], problems: TitleProblem[]) {
    this.#loaded = loaded;
    this.problems = problems;
  }

  /** Reads Kilat's own manifests and those of `folders`. */
  static async load(folders: readonly string[]): Promise<EdgeTitles> {
    const { titles, problems } = await loadTitles([bundledTitles, ...folders]);
    return new EdgeTitles(titles, problems);
  }

  /** Decides which of them ask for more than this edge gives. `kept`: folders that no title may see. */
  refuse(sandbox: ChosenSandbox, kept: string[]): void {
    for (const title of this.#loaded) {
      const refusals = titleRefusals(title, sandbox, kept);
      this.#refused.set(title.id, refusals);
      this.problems.push(...refusals);
    }
  }

  /** By its manifest, whether it may run or not. */
  known(id: TitleId): LoadedTitle | undefined {
    return this.#loaded.find((title) => title.id === id);
  }

  /** Those that may run. */
  get runnable(): ReadonlyMap<TitleId, LoadedTitle> {
    return new Map(
      this.#loaded.filter(({ id }) => this.#refused.get(id)?.length === 0).map((title) => [title.id, title]),
    );
  }

  /** What the Indexer is told of each: whether it can be played here now, and what it lacks. */
  states(): Promise<EdgeAnnouncement['titles']> {
    return Promise.all(
      this.#loaded.map(async (title) => {
        const unmet = (this.#refused.get(title.id) ?? []).map(({ field, reason }) =>
          `${field} ${reason}`.trim().slice(0, MOST_MISSING.characters),
        );
        const missing = [...unmet, ...(await missingParts(title))].slice(0, MOST_MISSING.parts);
        return { titleId: title.id, installed: missing.length === 0, missing };
      }),
    );
  }

  /** Tells when one was installed or removed, until the returned function is called. */
  async watch(onChange: () => Promise<void>, onFailed: (error: unknown) => void): Promise<() => void> {
    const look = async () => JSON.stringify(await this.states());
    let known = await look();
    const timer = setInterval(() => {
      look()
        .then((now) => {
          if (now === known) return;
          known = now;
          return onChange();
        })
        .catch(onFailed);
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }
}
