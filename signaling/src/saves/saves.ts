import { join } from 'node:path';
import type { TitleId } from '@kilat/shared/ids';
import type { LoadedTitle } from '@kilat/titles/load';
import type { Logger } from 'pino';
import type { IndexerConfig } from '../config.ts';
import type { EdgeRegistry } from '../edges/edge-registry.ts';
import type { LiveSessions } from '../session/live-sessions.ts';
import type { Database } from '../store/database.ts';
import { DiskBlobs } from './disk-blobs.ts';
import { SaveGarbage } from './garbage.ts';
import { PlayerShelf } from './player-shelf.ts';
import { S3Blobs } from './s3-blobs.ts';
import { SaveDesk } from './save-desk.ts';
import { SaveStore } from './save-store.ts';
import { Turns } from './turns.ts';

/** Players' saves: for the edges that play, and for the players themselves. */
export interface Saves {
  desk: SaveDesk;
  shelf: PlayerShelf;
  close(): void;
}

/** Opens the store that the settings name; `folder` is the Indexer's own. */
export async function openSaves({
  config,
  folder,
  database,
  titles,
  sessions,
  registry,
  log,
}: {
  config: Pick<IndexerConfig, 'savesS3'>;
  folder: string;
  database: Database;
  titles: ReadonlyMap<TitleId, LoadedTitle>;
  sessions: LiveSessions;
  registry: EdgeRegistry;
  log: Logger;
}): Promise<Saves> {
  const blobs =
    config.savesS3 === undefined ? await DiskBlobs.open(join(folder, 'saves')) : new S3Blobs(config.savesS3);
  const store = new SaveStore(database);
  const turns = new Turns();
  const garbage = new SaveGarbage(store, blobs, turns, log);
  const isConnected = (edgeId: Parameters<EdgeRegistry['get']>[0]) => registry.get(edgeId) !== undefined;
  return {
    desk: new SaveDesk({ store, blobs, garbage, turns, titles, sessions, isConnected, log }),
    shelf: new PlayerShelf(store, blobs, garbage, turns, titles),
    close: () => garbage.close(),
  };
}
