import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { DatabaseAnswer, DatabasePlace, DatabaseRequest } from './pglite-messages.ts';

/** A query that takes longer than this, ms, will never answer: PGlite loops after some failed writes. */
const QUERY_TIMEOUT_MS = 5_000;
const CLOSE_TIMEOUT_MS = 5_000;

const CHILD = fileURLToPath(new URL('./pglite-child.ts', import.meta.url));
/** V8 compiles PGlite's WebAssembly once, quickly: optimising it costs more than it saves (320 MB, and 0.4 s a start). */
const NODE_OPTIONS = ['--liftoff-only'];
/** What the child is started with on Linux, so that it dies with the Indexer however that dies (PR_SET_PDEATHSIG). */
const WITH_ITS_PARENT = ['--pdeathsig', 'KILL', '--', process.execPath];

/** SQLSTATE classes of a statement that is at fault itself: unsupported, cardinality, data, constraint, syntax. */
const STATEMENT_AT_FAULT = /^(0A|21|22|23|42)[0-9A-Z]{3}$/;

/** A failed query or a dead database process; `code` is PostgreSQL's SQLSTATE or Node's error code where there is one. */
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

/** One opened database in a process of its own. Once dead, every call fails at once; a new process must be opened. */
export class PgliteProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #gone = Promise.withResolvers<DatabaseError>();
  #lastId = 0;
  #dead: DatabaseError | undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (answer: DatabaseAnswer) => this.#settle(answer));
    child.on('error', (error) => this.#die(new DatabaseError(error.message, undefined)));
    child.on('exit', (code, signal) =>
      this.#die(new DatabaseError(`The database process has ended (${signal ?? `exit status ${code}`})`, undefined)),
    );
  }

  /** Opens the folder, making and migrating the database as needed; may take half a minute the very first time. */
  static async open(place: DatabasePlace): Promise<PgliteProcess> {
    const isLinux = process.platform === 'linux';
    const database = new PgliteProcess(
      fork(CHILD, [place.folder, place.cacheFolder], {
        execPath: isLinux ? 'setpriv' : process.execPath,
        execArgv: [...(isLinux ? WITH_ITS_PARENT : []), ...NODE_OPTIONS],
        serialization: 'advanced',
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      }),
    );
    try {
      await database.#wait(0, undefined);
      return database;
    } catch (error) {
      await database.kill();
      throw error;
    }
  }

  /** Calls back once, when it has died or was closed. */
  onDeath(listener: (error: DatabaseError) => void): void {
    void this.#gone.promise.then(listener);
  }

  get pid(): number | undefined {
    return this.#child.pid;
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
    const { exitCode, signalCode, pid } = this.#child;
    if (exitCode !== null || signalCode !== null || pid === undefined) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  #ask(request: DatabaseRequest, timeoutMs: number): Promise<Result> {
    if (this.#dead !== undefined) return Promise.reject(this.#dead);
    const answered = this.#wait(request.id, timeoutMs);
    this.#child.send(request, (error) => {
      if (error !== null) this.#die(new DatabaseError(error.message, undefined));
    });
    return answered;
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
    this.#gone.resolve(this.#dead);
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(this.#dead);
    }
    this.#waiting.clear();
  }
}
