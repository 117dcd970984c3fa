import { createHash } from 'node:crypto';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EdgeId, SessionId, TitleId } from '@kilat/shared/ids';
import { type BlobHash, type SavedFile, SavedFiles, type SaveReport, sameContent } from '@kilat/shared/save/save';
import type { SavesSpec } from '@kilat/shared/title/manifest';
import type { LoadedTitle } from '@kilat/titles/load';
import type { Logger } from 'pino';
import { z } from 'zod';
import { privateHome } from '../sandbox/private-home.ts';
import { isLaidOut } from './home.ts';
import { type Parcel, ParcelDraft, looseParcel } from './parcels.ts';
import { type KnownHashes, type Snapshot, takeSnapshot } from './snapshot.ts';
import type { Delivery } from './uploads.ts';

/** Says whose the saves in a scratch folder are, once its title may have written some: for the agent after this one. */
const LABEL_FILE = 'saves.json';
const Label = z.object({ edgeId: EdgeId, sessionId: SessionId, titleId: TitleId, restored: SavedFiles.nullable() });
export type SavesLabel = z.infer<typeof Label>;

/** Whose saves are in a scratch folder; undefined where its title was never started for a player. */
export async function readLabel(folder: string): Promise<(SavesLabel & { writtenAtMs: number }) | undefined> {
  const path = join(folder, LABEL_FILE);
  try {
    return { ...Label.parse(JSON.parse(await readFile(path, 'utf8'))), writtenAtMs: (await stat(path)).mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** What collecting stands on. */
export interface CollectParts {
  /** Where parcels are packed, the first with room: the edge's data folder, then memory. */
  places: readonly string[];
  deliver: (parcel: Parcel, onDone?: (delivery: Delivery) => void) => void;
  everyMs: number;
  log: Logger;
}

/** The saves of one session, from the moment its title may write some until its scratch folder goes. */
export class SessionSaves {
  readonly #label: SavesLabel;
  readonly #spec: SavesSpec;
  readonly #manifestHome: Record<string, string>;
  readonly #folder: string;
  readonly #parts: CollectParts;
  readonly #known = new Map<string, BlobHash>();
  /** Contents the Indexer has; what changed since is all a parcel must carry. */
  readonly #stored = new Set<BlobHash>();
  /** What the Indexer is known to have. */
  #reported: readonly SavedFile[] | undefined;
  /** What is on its way to it. */
  #packed: readonly SavedFile[] | undefined;
  #timer: NodeJS.Timeout | undefined;
  #collecting: Promise<void> = Promise.resolve();
  #skippedTold = false;

  private constructor(title: LoadedTitle, spec: SavesSpec, label: SavesLabel, folder: string, parts: CollectParts) {
    this.#label = label;
    this.#spec = spec;
    this.#manifestHome = title.home;
    this.#folder = folder;
    this.#parts = parts;
    this.#reported = label.restored ?? undefined;
    for (const { sha256 } of label.restored ?? []) this.#stored.add(sha256);
  }

  /** Labels the scratch folder; from now on what the save folders hold is the player's. */
  static async begin(
    title: LoadedTitle,
    spec: SavesSpec,
    label: SavesLabel,
    folder: string,
    parts: CollectParts,
  ): Promise<SessionSaves> {
    const path = join(folder, LABEL_FILE);
    await writeFile(`${path}.new`, JSON.stringify(label));
    await rename(`${path}.new`, path);
    const saves = new SessionSaves(title, spec, label, folder, parts);
    saves.#timer = setInterval(() => saves.#collectSoon(), parts.everyMs);
    return saves;
  }

  /** The saves in a scratch folder that a dead agent left. */
  static left(
    title: LoadedTitle,
    spec: SavesSpec,
    label: SavesLabel,
    folder: string,
    parts: CollectParts,
  ): SessionSaves {
    return new SessionSaves(title, spec, label, folder, parts);
  }

  /** The title is gone: packs the last save; it is on its way, or safe on disk, when this resolves. Never rejects. */
  async finish(): Promise<void> {
    clearInterval(this.#timer);
    await this.#collecting;
    await this.#collect(true);
  }

  /** The session ended before its title began. */
  abandon(): void {
    clearInterval(this.#timer);
  }

  #collectSoon(): void {
    this.#collecting = this.#collecting.then(() => this.#collect(false));
  }

  async #collect(final: boolean): Promise<void> {
    const { log, places } = this.#parts;
    const { sessionId } = this.#label;
    let why: unknown;
    for (const place of places) {
      try {
        return await this.#pack(place, final);
      } catch (error) {
        why = error;
      }
    }
    log.error({ sessionId, final, error: String(why) }, 'saves could not be collected');
    if (final) this.#report({ is: 'uncollected', problem: 'not-collected' }, final);
  }

  async #pack(place: string, final: boolean): Promise<void> {
    const draft = await ParcelDraft.begin(place);
    let sealed = false;
    try {
      // A last save is packed whole: nobody could add to it when the Indexer lacks a part.
      const packed = new Set<BlobHash>();
      const keep = async (sha256: BlobHash, bytes: Buffer) => {
        if (packed.has(sha256) || (!final && this.#stored.has(sha256))) return;
        packed.add(sha256);
        await draft.keep(sha256, bytes);
      };
      const snapshot: Snapshot = (await isLaidOut(this.#folder))
        ? await takeSnapshot(privateHome(this.#folder).home, this.#spec, {
            running: !final,
            known: final ? new Map() : this.#knownStored(),
            keep,
          })
        : { is: 'empty', skipped: 0 };
      switch (snapshot.is) {
        case 'unstable':
          // While it runs there is a next time.
          if (final) this.#report({ is: 'uncollected', problem: 'not-collected' }, final);
          return;
        case 'uncollected':
          if (final) this.#report({ is: 'uncollected', problem: snapshot.problem }, final);
          return;
        case 'empty':
          // A home without any of its saves is a title that never came to write them, not a wish to lose the old ones.
          if (final) this.#report({ is: 'unchanged' }, final);
          return;
        case 'files':
          break;
      }
      if (snapshot.skipped > 0 && !this.#skippedTold) {
        this.#skippedTold = true;
        this.#parts.log.warn(
          { sessionId: this.#label.sessionId, skipped: snapshot.skipped },
          'links, devices or unusable names in save folders are not kept',
        );
      }
      const isNew = !this.#isSame(snapshot.files, final ? this.#reported : (this.#packed ?? this.#reported));
      if (!isNew || (!final && snapshot.bytes > this.#spec.maxMb * 2 ** 20)) {
        if (final) this.#report({ is: 'unchanged' }, final);
        return;
      }
      const parcel = await draft.seal(this.#label.sessionId, reportOf({ is: 'files', files: snapshot.files }, final));
      sealed = true;
      this.#packed = snapshot.files;
      this.#parts.deliver(parcel, (delivery) => this.#delivered(delivery, snapshot.files));
    } finally {
      if (!sealed) await draft.drop();
    }
  }

  /** Hashes of contents that need not be packed again. */
  #knownStored(): KnownHashes {
    return {
      get: (stamp) => {
        const sha256 = this.#known.get(stamp);
        return sha256 !== undefined && this.#stored.has(sha256) ? sha256 : undefined;
      },
      set: (stamp, sha256) => this.#known.set(stamp, sha256),
    };
  }

  #delivered(delivery: Delivery, files: readonly SavedFile[]): void {
    if (this.#packed === files) this.#packed = undefined;
    if (delivery === 'stored') {
      this.#reported = files;
      for (const { sha256 } of files) this.#stored.add(sha256);
    } else {
      // The next collection packs everything.
      this.#stored.clear();
    }
  }

  #report(content: SaveReport['content'], final: boolean): void {
    this.#parts.deliver(looseParcel(this.#label.sessionId, reportOf(content, final)));
  }

  /** Whether these are the same as before, or, where there was nothing, no more than every fresh home has. */
  #isSame(files: readonly SavedFile[], before: readonly SavedFile[] | undefined): boolean {
    if (before !== undefined) return sameContent(files, before);
    return files.every(({ path, sha256 }) => {
      const text = this.#manifestHome[path];
      return text !== undefined && createHash('sha256').update(text).digest('hex') === sha256;
    });
  }
}

const reportOf = (content: SaveReport['content'], final: boolean): SaveReport => ({
  collectedAtMs: Date.now(),
  final,
  content,
});
