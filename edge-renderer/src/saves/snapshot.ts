import { setTimeout } from 'node:timers/promises';
import { ASIDE_FACTOR, BlobHash, MAX_SAVED_FILE_BYTES, type SavedFile } from '@kilat/shared/save/save';
import type { SavesSpec } from '@kilat/shared/title/manifest';
import { openBelow } from './open-below.ts';
import { type FoundFile, stampOf, walkSaves } from './walk.ts';

/** A running title may be writing: what was written so recently, ms, is looked at again before it is taken. */
const QUIET_MS = 500;
const TRIES = 6;
const AGAIN_AFTER_MS = 250;

/** What the save folders held at one moment. `unstable`: the title kept writing while they were read. */
export type Snapshot =
  | { is: 'files'; files: SavedFile[]; bytes: number; skipped: number }
  | { is: 'empty'; skipped: number }
  | { is: 'unstable' }
  | { is: 'uncollected'; problem: 'too-large' | 'too-many-files' };

/** Hashes of files by stamp: what is found here is not read again, and its content not given to `keep`. */
export interface KnownHashes {
  get(stamp: string): BlobHash | undefined;
  set(stamp: string, sha256: BlobHash): void;
}

/**
 * Reads the save folders so that all files are of one moment: no file changed from the first look to the last. `keep` is
 * given each content that was read.
 */
export async function takeSnapshot(
  home: string,
  spec: SavesSpec,
  {
    running,
    known,
    keep,
  }: { running: boolean; known: KnownHashes; keep: (sha256: BlobHash, bytes: Buffer) => Promise<void> },
): Promise<Snapshot> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (attempt > 0) await setTimeout(AGAIN_AFTER_MS);
    const found = await walkSaves(home, spec.folders);
    if (found.is === 'too-many-files') return { is: 'uncollected', problem: 'too-many-files' };
    const { files, skipped } = found;
    if (files.length === 0) return { is: 'empty', skipped };
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    if (bytes > ASIDE_FACTOR * spec.maxMb * 2 ** 20 || files.some((file) => file.bytes > MAX_SAVED_FILE_BYTES))
      return { is: 'uncollected', problem: 'too-large' };
    const newestMs = Math.max(...files.map(({ modifiedMs }) => modifiedMs));
    if (running && Math.abs(Date.now() - newestMs) < QUIET_MS) continue;
    const saved = await readAll(home, files, known, keep);
    if (saved === undefined) continue;
    const after = await walkSaves(home, spec.folders);
    if (after.is === 'found' && sameStamps(after.files, files)) return { is: 'files', files: saved, bytes, skipped };
  }
  return { is: 'unstable' };
}

/** Undefined when a file changed. */
async function readAll(
  home: string,
  files: readonly FoundFile[],
  known: KnownHashes,
  keep: (sha256: BlobHash, bytes: Buffer) => Promise<void>,
): Promise<SavedFile[] | undefined> {
  const saved: SavedFile[] = [];
  for (const { path, stamp, bytes, mode, modifiedMs } of files) {
    let sha256 = known.get(stamp);
    if (sha256 === undefined) {
      const content = await readStable(home, path, stamp);
      if (content === undefined) return undefined;
      // Off the agent's thread: inputs pass through it.
      const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(content));
      sha256 = BlobHash.parse(Buffer.from(digest).toString('hex'));
      await keep(sha256, content);
      known.set(stamp, sha256);
    }
    saved.push({ path, sha256, bytes, mode, modifiedMs });
  }
  return saved;
}

/** A file's content, if it is the same file before and after the reading. */
async function readStable(home: string, path: string, stamp: string): Promise<Buffer | undefined> {
  const file = await openBelow(home, path).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const isSame = async () => stampOf(await file.stat({ bigint: true })) === stamp;
    if (!(await isSame())) return undefined;
    const content = await file.readFile();
    return (await isSame()) ? content : undefined;
  } finally {
    await file.close();
  }
}

const sameStamps = (a: readonly FoundFile[], b: readonly FoundFile[]): boolean =>
  a.length === b.length && a.every(({ path, stamp }, index) => path === b[index]?.path && stamp === b[index]?.stamp);
