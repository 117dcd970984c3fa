import { setTimeout } from 'node:timers/promises';
import type { SessionId } from '@kilat/shared/ids';
import type { SavedFile } from '@kilat/shared/save/save';
import { stageRestored } from './home.ts';
import { type IndexerSaves, IndexerSavesError } from './indexer-saves.ts';

/** Tries after a failure that may pass, with the time before each, ms: the player waits meanwhile. */
const RETRIES_MS = [200, 800, 2_000];
/** Versions that are found corrupt one after another before the edge gives up. */
const MOST_VERSIONS = 12;

/**
 * Fetches the player's newest good version and stages it for the home; its files, or undefined where there is none.
 * Nothing is written once `wanted` is aborted: the folder is going.
 */
export async function restoreSaves(
  indexer: IndexerSaves,
  sessionId: SessionId,
  folder: string,
  wanted: AbortSignal,
): Promise<SavedFile[] | undefined> {
  for (let tries = 0; tries < MOST_VERSIONS; tries++) {
    const { version } = await persistently(() => indexer.toRestore(sessionId));
    if (version === null) return undefined;
    try {
      wanted.throwIfAborted();
      await stageRestored(folder, version.files, async ({ sha256 }) => {
        const bytes = await persistently(() => indexer.blob(sessionId, sha256));
        wanted.throwIfAborted();
        return bytes;
      });
      return version.files;
    } catch (error) {
      // The Indexer has taken the version out of use and gives the one before it.
      if (!(error instanceof IndexerSavesError) || error.reason !== 'corrupt') throw error;
    }
  }
  throw new IndexerSavesError('corrupt', 'No version of the saves could be read.');
}

async function persistently<Result>(ask: () => Promise<Result>): Promise<Result> {
  for (const waitMs of RETRIES_MS) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof IndexerSavesError) || !error.isPassing) throw error;
      await setTimeout(waitMs);
    }
  }
  return await ask();
}
