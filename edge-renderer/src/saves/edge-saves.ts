import { join } from 'node:path';
import type { EdgeId, TitleId } from '@kilat/shared/ids';
import type { LoadedTitle } from '@kilat/titles/load';
import type { Logger } from 'pino';
import type { Container } from '../container/container.ts';
import type { EdgeKey } from '../indexer-link/edge-key.ts';
import type { SessionFacts } from '../session/session.ts';
import { IndexerSaves } from './indexer-saves.ts';
import { leftParcels, looseParcel } from './parcels.ts';
import { restoreSaves } from './restore.ts';
import { type CollectParts, readLabel, SessionSaves } from './session-saves.ts';
import { Uploads } from './uploads.ts';

/** At the end of the agent uploads get this long, ms; the next agent takes up the rest. */
const LAST_UPLOADS_MS = 3_000;
/** What another edge of this machine left is its own to collect for so long, ms. */
const FOREIGN_LIFE_MS = 24 * 60 * 60_000;

export interface EdgeSavesSettings {
  indexerUrl: string;
  dataFolder: string;
  scratchFolder: string;
  /** How often a running title's saves are collected: what a killed machine loses at most, ms. */
  saveEveryMs: number;
}

/** The edge's part in players' saves: restores them before a title starts, collects them while it runs and at its end. */
export class EdgeSaves {
  readonly #indexer: IndexerSaves;
  readonly #uploads: Uploads;
  readonly #collect: CollectParts;
  readonly #edgeId: EdgeId;

  constructor(settings: EdgeSavesSettings, key: EdgeKey, log: Logger) {
    this.#edgeId = key.edgeId;
    this.#indexer = new IndexerSaves(settings.indexerUrl, key);
    this.#uploads = new Uploads(this.#indexer, log);
    this.#collect = {
      // Both outlive the agent; memory serves when the disk is full.
      places: [
        join(settings.dataFolder, 'saves'),
        join(settings.scratchFolder, `kilat-saves-${key.edgeId.slice(2, 14)}`),
      ],
      deliver: (parcel, onDone) => this.#uploads.add(parcel, onDone),
      everyMs: settings.saveEveryMs,
      log,
    };
  }

  /** Takes up what an earlier agent had packed and not delivered. */
  async takeUp(): Promise<void> {
    for (const place of this.#collect.places) {
      for (const parcel of await leftParcels(place)) this.#uploads.add(parcel);
    }
  }

  /**
   * Packs the last save out of a scratch folder that a dead agent left; whether the folder may go then. Saves of another
   * edge of this machine are left to its own next agent: the Indexer takes them from nobody else.
   */
  async collectLeft(folder: string, titleOf: (id: TitleId) => LoadedTitle | undefined): Promise<boolean> {
    try {
      const label = await readLabel(folder);
      if (label === undefined) return true;
      if (label.edgeId !== this.#edgeId) return Date.now() - label.writtenAtMs > FOREIGN_LIFE_MS;
      const title = titleOf(label.titleId);
      if (title?.saves !== undefined)
        await SessionSaves.left(title, title.saves, label, folder, this.#collect).finish();
    } catch (error) {
      this.#collect.log.error({ folder, error: String(error) }, 'saves that an earlier agent left could not be read');
    }
    return true;
  }

  /**
   * Makes a session's saves the container's business: restores them where there may be some, and collects the last one
   * when the container goes. Resolves when the title may run; rejects when what there is could not be had.
   */
  async attach(facts: SessionFacts, title: LoadedTitle, container: Container, restore: boolean): Promise<void> {
    const { saves: spec } = title;
    if (spec === undefined) return;
    const wanted = new AbortController();
    const begun = this.#begin(facts, title, spec, container, restore, wanted.signal);
    let saves: SessionSaves | undefined;
    const started = begun.then((session) => {
      if (wanted.signal.aborted) session.abandon();
      else saves = session;
    });
    container.beforeRemoval(async () => {
      wanted.abort();
      if (saves !== undefined) return await saves.finish();
      // The title was never started for this player: what the store has stays the last word.
      const nothing = { collectedAtMs: Date.now(), final: true, content: { is: 'unchanged' } } as const;
      this.#collect.deliver(looseParcel(facts.sessionId, nothing));
    });
    await started;
  }

  async close(): Promise<void> {
    await this.#uploads.close(LAST_UPLOADS_MS);
  }

  async #begin(
    { sessionId, titleId }: SessionFacts,
    title: LoadedTitle,
    spec: NonNullable<LoadedTitle['saves']>,
    container: Container,
    restore: boolean,
    wanted: AbortSignal,
  ): Promise<SessionSaves> {
    const restored = restore ? await restoreSaves(this.#indexer, sessionId, container.folder, wanted) : undefined;
    wanted.throwIfAborted();
    const label = { edgeId: this.#edgeId, sessionId, titleId, restored: restored ?? null };
    return await SessionSaves.begin(title, spec, label, container.folder, this.#collect);
  }
}
