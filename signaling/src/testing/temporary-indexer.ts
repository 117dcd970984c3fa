import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IndexerConfig } from '../config.ts';
import { newEnrolmentToken } from '../identity/enrolment-token.ts';
import { type Indexer, startIndexer } from '../indexer.ts';
import type { PresenceTimings } from '../session/edge-presence.ts';

/** Long enough for a peer to return in, short enough to wait for. */
export const SHORT_TIMINGS: PresenceTimings = { edgeReturnMs: 1_500, ownReportMs: 200, resumeWaitMs: 50 };

/** A real Indexer on a free port and a data folder of its own, for as long as a test takes. */
export class TemporaryIndexer {
  readonly config: IndexerConfig;
  #indexer: Indexer | undefined;
  readonly #timings: PresenceTimings | undefined;

  private constructor(config: IndexerConfig, timings: PresenceTimings | undefined) {
    this.config = config;
    this.#timings = timings;
  }

  static async start(timings?: PresenceTimings, dataFolder?: string): Promise<TemporaryIndexer> {
    const folder = dataFolder ?? (await mkdtemp(join(tmpdir(), 'kilat-indexer-')));
    const config: IndexerConfig = {
      host: '127.0.0.1',
      port: 0,
      dataFolder: folder,
      cacheFolder: join(homedir(), '.cache', 'kilat'),
      titleFolders: [],
      playerFolder: join(folder, 'player'),
      publicUrl: undefined,
      tls: undefined,
      savesS3: undefined,
      trustProxy: false,
      metricsPublic: false,
      logLevel: 'silent',
    };
    const temporary = new TemporaryIndexer(config, timings);
    await temporary.startAgain();
    return temporary;
  }

  get url(): string {
    if (this.#indexer === undefined) throw new Error('the Indexer is stopped');
    return this.#indexer.url;
  }

  /** Starts on the same data folder, and from the second time on the same port. */
  async startAgain(timings = this.#timings): Promise<void> {
    this.#indexer = await startIndexer(this.config, timings);
    this.config.port = Number(new URL(this.url).port);
  }

  async stop(): Promise<void> {
    const indexer = this.#indexer;
    this.#indexer = undefined;
    await indexer?.close();
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.config.dataFolder, { recursive: true, force: true });
  }

  async enrolmentToken(): Promise<string> {
    return await newEnrolmentToken(await readFile(join(this.config.dataFolder, 'indexer', 'secret')));
  }

  async get(path: string, cookie?: string): Promise<Response> {
    return await fetch(new URL(path, this.url), { headers: cookie === undefined ? {} : { cookie } });
  }
}
