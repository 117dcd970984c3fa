import { dirname } from 'node:path';
import { Kysely, PGliteDialect } from 'kysely';
import type { Logger } from 'pino';
import { DISK_RESERVE_BYTES, freeBytes } from './disk-room.ts';
import type { DatabasePlace } from './pglite-messages.ts';
import { DatabaseError, PgliteProcess } from './pglite-process.ts';
import type { Tables } from './tables.ts';

/** How often a failing database is tried again, ms. */
const PROBE_MS = 2_000;
/** The disk is measured at most this often, ms. */
const MEASURE_MS = 500;
/** SQLSTATE of a full disk. */
const DISK_FULL = '53100';

/** Whether the database is well and refused what it was given: the same again is refused again. */
export const isRefusedData = (error: unknown): boolean => error instanceof DatabaseError && error.isCallersFault;

/**
 * The one database. It fails softly: while records cannot be written every write is refused at once, `failure` says
 * why, and a probe reopens and retries until writing works again.
 */
export class Database {
  readonly #place: DatabasePlace;
  readonly #log: Logger;
  readonly #reserveBytes: number;
  readonly #db: Kysely<Tables>;
  readonly #onRecovered = new Set<() => void>();
  #process: PgliteProcess;
  #failure: string | undefined;
  #room = { bytes: Number.POSITIVE_INFINITY, atMs: Number.NEGATIVE_INFINITY };
  #probe: NodeJS.Timeout | undefined;
  /** What fails meanwhile, the old process's end too, asks for no other attempt. */
  #reopening = false;
  #closed = false;

  private constructor(place: DatabasePlace, log: Logger, process: PgliteProcess, reserveBytes: number) {
    this.#place = place;
    this.#log = log;
    this.#process = process;
    this.#reserveBytes = reserveBytes;
    this.#db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite: this.#port() }) });
    this.#process.onDeath((error) => this.#fail(error));
  }

  static async open(place: DatabasePlace, log: Logger, reserveBytes = DISK_RESERVE_BYTES): Promise<Database> {
    return new Database(place, log, await PgliteProcess.open(place), reserveBytes);
  }

  /** Of the process that computes for the database. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Why records cannot be written at present; undefined while all is well. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Calls back each time writing works again after a failure. */
  onRecovered(listener: () => void): void {
    this.#onRecovered.add(listener);
  }

  async read<Result>(query: (db: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    return await this.#guarded(query);
  }

  /** Each query must be a single statement: there are no transactions across processes. */
  async write<Result>(query: (db: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    if (this.#failure !== undefined) throw new DatabaseError(this.#failure, undefined);
    return await this.#guarded(async (db) => {
      await this.#requireRoom();
      return await query(db);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#probe);
    await this.#process.close();
  }

  async #guarded<Result>(query: (db: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    try {
      return await query(this.#db);
    } catch (error) {
      if (!isRefusedData(error)) this.#fail(error as Error);
      throw error;
    }
  }

  async #requireRoom(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - this.#room.atMs > MEASURE_MS)
      this.#room = { bytes: await freeBytes(dirname(this.#place.folder)), atMs: nowMs };
    if (this.#room.bytes >= this.#reserveBytes) return;
    const freeMb = Math.floor(this.#room.bytes / 2 ** 20);
    throw new DatabaseError(`The disk of the data folder has only ${freeMb} MiB left; free some space`, DISK_FULL);
  }

  #fail(error: Error): void {
    if (this.#closed) return;
    const isFirst = this.#failure === undefined;
    if (isFirst) this.#log.error({ err: error }, 'records cannot be written; new sessions are refused');
    this.#failure = error.message;
    if (this.#reopening) return;
    // A process that died is started again at once, one that dies again and again is not.
    this.#probe ??= setTimeout(() => void this.#tryAgain(), isFirst && !this.#process.alive ? 0 : PROBE_MS);
  }

  async #tryAgain(): Promise<void> {
    this.#probe = undefined;
    this.#reopening = true;
    try {
      this.#room.atMs = Number.NEGATIVE_INFINITY;
      await this.#requireRoom();
      // A PGlite that has failed a write may hang at the next one: only a fresh one is trusted.
      await this.#process.kill();
      if (this.#closed) return;
      this.#process = await PgliteProcess.open(this.#place);
      if (this.#closed) return await this.#process.close();
      this.#process.onDeath((error) => this.#fail(error));
      const probe = { id: 1, at_ms: Date.now() };
      await this.#db
        .insertInto('write_probes')
        .values(probe)
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ at_ms: probe.at_ms }))
        .execute();
    } catch (error) {
      this.#reopening = false;
      return this.#fail(error as Error);
    }
    this.#reopening = false;
    this.#failure = undefined;
    this.#log.info('records can be written again');
    for (const listener of this.#onRecovered) listener();
  }

  /** The part of PGlite that Kysely needs, answered by whichever process is current. */
  #port() {
    return {
      closed: false,
      ready: true,
      waitReady: Promise.resolve(),
      close: () => Promise.resolve(),
      transaction: () => Promise.reject(new Error('transactions do not cross to another process')),
      query: async <Row>(sql: string, parameters: unknown[] = []) => {
        const { rows, affectedRows } = await this.#process.query(sql, parameters);
        return { rows: rows as Row[], fields: [], ...(affectedRows === undefined ? {} : { affectedRows }) };
      },
    };
  }
}
