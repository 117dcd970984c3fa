import { Worker } from 'node:worker_threads';
import type { DatabaseAnswer, DatabasePlace, DatabaseRequest } from './pglite-messages.ts';

/** A query that takes longer than this, ms, will never answer: PGlite loops after some failed writes. */
const QUERY_TIMEOUT_MS = 5_000;
const CLOSE_TIMEOUT_MS = 5_000;

/** SQLSTATE classes of a statement that is at fault itself: unsupported, cardinality, data, constraint, syntax. */
const STATEMENT_AT_FAULT = /^(0A|21|22|23|42)[0-9A-Z]{3}$/;

/** A failed query or a dead thread; `code` is PostgreSQL's SQLSTATE or Node's error code where there is one. */
export class DatabaseError extends Error {
  readonly code: string | undefined;

  constructor(message: string, code: string | undefined) {
    super(message);
    this.name = 'DatabaseError';
    this.code = code;
  }

  /** Whether what was asked is at fault, so that the database is well and asking again gives the same answer. */
  get isCallersFault(): boolean {
    return this.code !== undefined && STATEMENT_AT_FAULT.test(this.code);
  }
}

type Result = Extract<DatabaseAnswer, { ok: true }>;
interface Waiting {
  resolve: (result: Result) => void;
  reject: (error: DatabaseError) => void;
  timer: NodeJS.Timeout | undefined;
}

/** One opened database on a thread of its own. Once dead, every call fails at once; a new thread must be opened. */
export class PgliteThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #dead: DatabaseError | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (answer: DatabaseAnswer) => this.#settle(answer));
    worker.on('error', (error) => this.#die(new DatabaseError(error.message, undefined)));
    worker.on('exit', () => this.#die(new DatabaseError('The database is closed', undefined)));
  }

  /** Opens the folder, making and migrating the database as needed; may take half a minute the very first time. */
  static async open(place: DatabasePlace): Promise<PgliteThread> {
    const thread = new PgliteThread(new Worker(new URL('./pglite-worker.ts', import.meta.url), { workerData: place }));
    try {
      await thread.#wait(0, undefined);
      return thread;
    } catch (error) {
      await thread.kill();
      throw error;
    }
  }

  get alive(): boolean {
    return this.#dead === undefined;
  }

  async query(sql: string, parameters: readonly unknown[]): Promise<Result> {
    const id = ++this.#lastId;
    return await this.#ask({ id, sql, parameters }, QUERY_TIMEOUT_MS);
  }

  /** Closes the database in order; a database that does not answer is killed. */
  async close(): Promise<void> {
    if (this.alive) await this.#ask({ id: ++this.#lastId, close: true }, CLOSE_TIMEOUT_MS).catch(() => undefined);
    await this.kill();
  }

  async kill(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask(request: DatabaseRequest, timeoutMs: number): Promise<Result> {
    if (this.#dead !== undefined) return Promise.reject(this.#dead);
    this.#worker.postMessage(request);
    return this.#wait(request.id, timeoutMs);
  }

  #wait(id: number, timeoutMs: number | undefined): Promise<Result> {
    return new Promise((resolve, reject) => {
      const timer = timeoutMs === undefined ? undefined : setTimeout(() => this.#hang(timeoutMs), timeoutMs);
      this.#waiting.set(id, { resolve, reject, timer });
    });
  }

  #settle(answer: DatabaseAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    if (waiting === undefined) return;
    this.#waiting.delete(answer.id);
    clearTimeout(waiting.timer);
    if (answer.ok) waiting.resolve(answer);
    else waiting.reject(new DatabaseError(answer.message, answer.code));
  }

  #hang(timeoutMs: number): void {
    this.#die(new DatabaseError(`The database did not answer within ${timeoutMs / 1000} s`, undefined));
    void this.kill();
  }

  #die(error: DatabaseError): void {
    this.#dead ??= error;
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(this.#dead);
    }
    this.#waiting.clear();
  }
}
