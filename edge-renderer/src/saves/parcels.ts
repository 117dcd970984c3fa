import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SessionId } from '@kilat/shared/ids';
import { type BlobHash, SaveReport } from '@kilat/shared/save/save';
import { z } from 'zod';
import { ownFolder } from '../own-folder.ts';

const REPORT_FILE = 'report.json';
const DRAFT_PREFIX = 'draft-';
/** Folder of what the Indexer would not take. */
const ASIDE = 'refused';
const KEPT_ASIDE = 16;

const Label = z.object({ sessionId: SessionId, report: SaveReport });

/** A report on its way to the Indexer, on disk with the contents it needs, so that it outlives this agent. */
export interface Parcel {
  sessionId: SessionId;
  report: SaveReport;
  /** Content that was packed; undefined for what the Indexer was thought to have. */
  blob(sha256: BlobHash): Promise<Buffer | undefined>;
  remove(): Promise<void>;
  /** Keeps it where no agent takes it up any more, among the newest `KEPT_ASIDE`; where, undefined for a loose one. */
  setAside(): Promise<string | undefined>;
}

/** A parcel that is being packed; it exists for nobody until it is sealed. */
export class ParcelDraft {
  readonly #folder: string;
  readonly #place: string;

  private constructor(place: string) {
    this.#place = place;
    this.#folder = join(place, `${DRAFT_PREFIX}${randomBytes(8).toString('hex')}`);
  }

  static async begin(place: string): Promise<ParcelDraft> {
    const draft = new ParcelDraft(place);
    await mkdir(place, { recursive: true, mode: 0o700 });
    if (!(await ownFolder(place))) throw new Error(`${place} belongs to somebody else`);
    await mkdir(draft.#folder, { mode: 0o700 });
    return draft;
  }

  async keep(sha256: BlobHash, bytes: Buffer): Promise<void> {
    await writeWhole(join(this.#folder, sha256), bytes);
  }

  /** Makes it a parcel: on disk, under its own name, whole. */
  async seal(sessionId: SessionId, report: SaveReport): Promise<Parcel> {
    await writeWhole(join(this.#folder, REPORT_FILE), Buffer.from(JSON.stringify({ sessionId, report })));
    const folder = join(this.#place, `${sessionId}-${Date.now()}-${randomBytes(4).toString('hex')}`);
    await rename(this.#folder, folder);
    await sync(this.#place);
    return parcelAt(folder, sessionId, report);
  }

  async drop(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** The parcels an earlier agent left, oldest first; what it had not finished is removed. */
export async function leftParcels(place: string): Promise<Parcel[]> {
  if (!(await ownFolder(place))) return [];
  const names = await readdir(place).catch(() => [] as string[]);
  const parcels: Parcel[] = [];
  for (const name of names) {
    if (name === ASIDE) continue;
    const folder = join(place, name);
    const label = name.startsWith(DRAFT_PREFIX) ? undefined : await readLabel(folder);
    if (label === undefined) await rm(folder, { recursive: true, force: true });
    else parcels.push(parcelAt(folder, label.sessionId, label.report));
  }
  return parcels.sort((a, b) => a.report.collectedAtMs - b.report.collectedAtMs);
}

/** A report with nothing to carry, for when there is no room to write it down. */
export const looseParcel = (sessionId: SessionId, report: SaveReport): Parcel => ({
  sessionId,
  report,
  blob: async () => undefined,
  remove: async () => undefined,
  setAside: async () => undefined,
});

async function readLabel(folder: string): Promise<z.infer<typeof Label> | undefined> {
  try {
    return Label.safeParse(JSON.parse(await readFile(join(folder, REPORT_FILE), 'utf8'))).data;
  } catch {
    return undefined;
  }
}

function parcelAt(folder: string, sessionId: SessionId, report: SaveReport): Parcel {
  return {
    sessionId,
    report,
    blob: (sha256) =>
      readFile(join(folder, sha256)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      }),
    remove: () => rm(folder, { recursive: true, force: true }),
    setAside: () => setAside(folder),
  };
}

async function setAside(folder: string): Promise<string> {
  const place = join(dirname(folder), ASIDE);
  await mkdir(place, { recursive: true, mode: 0o700 });
  const kept = join(place, `${Date.now()}-${basename(folder)}`);
  await rename(folder, kept);
  const outlived = (await readdir(place)).sort().slice(0, -KEPT_ASIDE);
  await Promise.all(outlived.map((name) => rm(join(place, name), { recursive: true, force: true })));
  return kept;
}

async function writeWhole(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function sync(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
