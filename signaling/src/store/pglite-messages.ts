/** What the Indexer asks the database's process. */
export type DatabaseRequest = { id: number; sql: string; parameters: readonly unknown[] } | { id: number; close: true };

/** The answer to a request, or (id 0) that the database is open or cannot be opened. */
export type DatabaseAnswer =
  | { id: number; ok: true; rows: unknown[]; affectedRows: number | undefined }
  | { id: number; ok: false; message: string; code: string | undefined };

/** Where the database is, and where an empty one is kept to copy from. */
export interface DatabasePlace {
  folder: string;
  cacheFolder: string;
}
