import { newIdText, type PlayerId, type TitleId } from '@kilat/shared/ids';
import type { PlayerSaves } from '@kilat/shared/save/player-saves';
import { SaveVersionId } from '@kilat/shared/save/save';
import type { LoadedTitle } from '@kilat/titles/load';
import { ZipFile } from 'yazl';
import { type BlobStore, hashOf } from './blob-store.ts';
import type { SaveGarbage } from './garbage.ts';
import { dropOutlived } from './retention.ts';
import type { SaveStore, SaveVersion } from './save-store.ts';
import type { Turns } from './turns.ts';

/** Why a version cannot be brought back. */
export type CannotBringBack = 'not-found' | 'too-large' | 'corrupt';

/** What a player may do with its own saves: see, bring back, take home, delete. */
export class PlayerShelf {
  readonly #store: SaveStore;
  readonly #blobs: BlobStore;
  readonly #garbage: SaveGarbage;
  readonly #turns: Turns;
  readonly #titles: ReadonlyMap<TitleId, LoadedTitle>;

  constructor(
    store: SaveStore,
    blobs: BlobStore,
    garbage: SaveGarbage,
    turns: Turns,
    titles: ReadonlyMap<TitleId, LoadedTitle>,
  ) {
    this.#store = store;
    this.#blobs = blobs;
    this.#garbage = garbage;
    this.#turns = turns;
    this.#titles = titles;
  }

  /** Everything a player has, by title; titles that have left the catalogue too. */
  async all(playerId: PlayerId): Promise<PlayerSaves[]> {
    const byTitle = Map.groupBy(await this.#store.versions(playerId), ({ titleId }) => titleId);
    return [...byTitle].map(([titleId, versions]) => this.#shown(titleId, versions));
  }

  /** A player's versions of one title; null where the title keeps no saves. */
  async of(playerId: PlayerId, titleId: TitleId): Promise<PlayerSaves | null> {
    if (this.#titles.get(titleId)?.saves === undefined) return null;
    return this.#shown(titleId, await this.#store.versions(playerId, titleId));
  }

  /** Makes an older version the current one, by writing it anew; nothing is overwritten. */
  async bringBack(playerId: PlayerId, titleId: TitleId, versionId: SaveVersionId): Promise<'done' | CannotBringBack> {
    return await this.#turns.take(`${playerId} ${titleId}`, async () => {
      const found = (await this.#store.versions(playerId, titleId)).find((version) => version.versionId === versionId);
      const files = await this.#store.files({ playerId, titleId }, versionId);
      if (found === undefined || files === undefined) return 'not-found';
      if (found.problem === 'corrupt' || found.problem === 'too-large') return found.problem;
      await this.#store.add({
        playerId,
        titleId,
        versionId: SaveVersionId.parse(`v_${newIdText()}`),
        sessionId: null,
        requestedAtMs: Date.now(),
        collectedAtMs: found.collectedAtMs,
        problem: null,
        files,
      });
      await dropOutlived(this.#store, this.#garbage, { playerId, titleId });
      return 'done';
    });
  }

  /** Deletes a version for good; whether it was there. */
  async remove(playerId: PlayerId, titleId: TitleId, versionId: SaveVersionId): Promise<boolean> {
    return await this.#turns.take(`${playerId} ${titleId}`, async () => {
      const files = await this.#store.files({ playerId, titleId }, versionId);
      if (files === undefined) return false;
      await this.#garbage.collect(await this.#store.remove({ playerId, titleId }, [versionId]));
      return true;
    });
  }

  /** A version as a ZIP archive, read from the store file by file; what is spoilt there is left out and named in it. */
  async archive(playerId: PlayerId, titleId: TitleId, versionId: SaveVersionId): Promise<ZipFile | undefined> {
    const files = await this.#store.files({ playerId, titleId }, versionId);
    if (files === undefined) return undefined;
    const zip = new ZipFile();
    void this.#fill(zip, files);
    return zip;
  }

  async #fill(zip: ZipFile, files: Awaited<ReturnType<SaveStore['files']>> & object): Promise<void> {
    const spoilt: string[] = [];
    for (const { path, sha256, mode, modifiedMs } of files) {
      const bytes = await this.#blobs.get(sha256).catch(() => undefined);
      if (bytes === undefined || hashOf(bytes) !== sha256) spoilt.push(path);
      else zip.addBuffer(bytes, path, { mtime: new Date(modifiedMs), mode: 0o100_000 | mode });
    }
    const note = `These files are damaged in storage and could not be packed:\n${spoilt.join('\n')}\n`;
    if (spoilt.length > 0) zip.addBuffer(Buffer.from(note), 'DAMAGED.txt');
    zip.end();
  }

  #shown(titleId: TitleId, versions: readonly SaveVersion[]): PlayerSaves {
    const title = this.#titles.get(titleId);
    const current = versions.find(({ problem }) => problem === null);
    return {
      titleId,
      titleName: title?.name ?? titleId,
      maxMb: title?.saves?.maxMb ?? 0,
      versions: versions.map(({ versionId, collectedAtMs, bytes, fileCount, sessionId, problem }) => ({
        versionId,
        collectedAtMs,
        bytes,
        files: fileCount,
        sessionId,
        current: versionId === current?.versionId,
        problem,
      })),
    };
  }
}
