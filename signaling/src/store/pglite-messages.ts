/** What the Indexer's thread asks the database's thread. */
export type DatabaseRequest = { id: number; sql: string; parameters: readonly unknown[] } | { id: number; close: true };

/** The answer to a request, or (id 0) that the database is open or cannot be opened. */
export type DatabaseAnswer =
  | { id: number; ok: true; rows: unknown[]; affectedRows: number | undefined }
  | { id: number; ok: false; message: string; code: string | undefined };

/** What the thread is started with. */
export interface DatabasePlace {
  folder: string;
  cacheFolder: string;
}
