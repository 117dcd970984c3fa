import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Catalogue } from '@kilat/shared/title/catalogue';
import { freePort } from '../../scripts/serve/free-port.mjs';
import { edgeProgram, indexerAddress, indexerProgram, newEnrolmentToken } from '../../scripts/serve/programs.mjs';
import { untilEdgeAnnounced, untilHealthy } from '../../scripts/serve/readiness.mjs';
import { type ServerProcess, type ServerProgram, startServer } from '../../scripts/serve/server-process.mjs';
import { mediaWorker } from '../../scripts/setup/media-worker.mjs';
import { nativeParts } from '../../scripts/setup/native-parts.mjs';
import { leftovers } from './leftovers.ts';
import { ProcessWatch } from './process-watch.ts';
import { until } from './until.ts';

const READY_MS = 90_000;
const CLEAN_WITHIN_MS = 5_000;

export interface KilatOptions {
  /** Manifest folders besides the bundled one. */
  titles?: string[];
  slots?: number;
  /** Titles kept warm, one slot each. */
  warm?: string[];
  /** More of the environment, for Indexer and edge. */
  env?: Record<string, string>;
  /** False: the Indexer alone; the edge is the test's to start. */
  edge?: boolean;
}

/** One server program that a test can kill and start again. */
export class Server {
  readonly log: string[] = [];
  /** Process ids of all its runs. */
  readonly pids: number[] = [];
  readonly #program: ServerProgram;
  #running: ServerProcess | undefined;

  constructor(program: ServerProgram) {
    this.#program = program;
  }

  get pid(): number {
    if (this.#running === undefined) throw new Error(`the ${this.#program.name} does not run`);
    return this.#running.pid;
  }

  start(): void {
    this.#running = startServer(this.#program, (line) => this.log.push(line));
    this.pids.push(this.#running.pid);
  }

  /** Rejects when it ends though nobody asked it to. */
  async unwantedEnd(): Promise<never> {
    const running = this.#running;
    const end = await running?.ended;
    if (end === undefined || this.#running !== running) return new Promise(() => {});
    throw new Error(`the ${this.#program.name} ended (${end.signal ?? `status ${end.code}`})`);
  }

  /** Kills it as a crash would, and waits until it is gone. */
  async kill(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    process.kill(running.pid, 'SIGKILL');
    await running.ended;
  }

  /** Stops it as an operator would. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.stop();
  }
}

/** The real product on ports and in folders of its own. */
export interface Kilat {
  /** The Indexer's origin. */
  readonly url: string;
  readonly indexer: Server;
  readonly edge: Server;
  readonly watch: ProcessWatch;
  readonly dataFolder: string;
  /** What its programs are started with. */
  readonly env: NodeJS.ProcessEnv;
  /** UDP and TCP port of the edge's media. */
  readonly mediaPort: number;
  /** Port of the edge's status server, on loopback. */
  readonly statusPort: number;
  /** Resolves when the Indexer answers, an edge has announced itself, and its warm slots are ready. */
  ready(): Promise<void>;
  /** Another edge, with a key and a data folder of its own, not started yet. */
  furtherEdge(): Promise<Server>;
  /** Stops edge and Indexer, removes the data, and throws when anything else was left behind. */
  close(): Promise<void>;
}

/** Starts Indexer and edge as `npm start` does, from what `npm start -- --setup-only` has set up. */
export async function startKilat({
  titles = [],
  slots = 2,
  warm = [],
  env = {},
  edge: withEdge = true,
}: KilatOptions = {}): Promise<Kilat> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'kilat-e2e-'));
  const [port, mediaPort, statusPort] = [await freePort(), await freePort(), await freePort()];
  const runtime = {
    groups: [],
    node: process.execPath,
    env: {
      ...process.env,
      KILAT_HOST: '127.0.0.1',
      KILAT_PORT: String(port),
      KILAT_DATA: dataFolder,
      KILAT_TITLES: titles.join(':'),
      KILAT_EDGE_PORT: String(mediaPort),
      KILAT_EDGE_STATUS_PORT: String(statusPort),
      KILAT_EDGE_SLOTS: String(slots),
      KILAT_EDGE_WARM: warm.join(','),
      // Tests of other things must not depend on how busy this machine is.
      KILAT_EDGE_ADMISSION: 'slots',
      ...env,
    } as NodeJS.ProcessEnv,
  };
  for (const part of [mediaWorker, nativeParts]) {
    const missing = await part.missing(runtime);
    if (missing !== undefined) throw new Error(`${missing} is missing; run: npm test -- --setup-only`);
  }

  const { url } = indexerAddress(runtime.env);
  const indexer = new Server(indexerProgram(runtime));
  const edge = new Server(edgeProgram(runtime, await newEnrolmentToken(runtime)));
  const furtherEdges: Server[] = [];
  const edgePids = () => [edge, ...furtherEdges].flatMap(({ pids }) => pids);
  const watch = new ProcessWatch(() => [...indexer.pids, ...edgePids()]);
  const furtherEdge = async () => {
    const folder = join(dataFolder, `further-edge-${furtherEdges.length + 1}`);
    const ports = { KILAT_EDGE_PORT: String(await freePort()), KILAT_EDGE_STATUS_PORT: String(await freePort()) };
    const token = await newEnrolmentToken(runtime);
    const program = edgeProgram({ ...runtime, env: { ...runtime.env, ...ports, KILAT_DATA: folder } }, token);
    const further = new Server(program);
    furtherEdges.push(further);
    return further;
  };
  const ready = async () => {
    const patience = AbortSignal.timeout(READY_MS);
    const work = async () => {
      await untilHealthy(url, patience);
      if (withEdge) await untilEdgeAnnounced(url, patience);
      await until('warm slots', () => isWarm(url, warm), READY_MS);
    };
    try {
      await Promise.race([work(), indexer.unwantedEnd(), edge.unwantedEnd()]);
    } catch (error) {
      const logs = [...indexer.log.slice(-20), ...edge.log.slice(-20)].join('\n');
      throw new Error(`Kilat did not get ready: ${(error as Error).message}\n${logs}`);
    }
  };
  const close = async () => {
    watch.look();
    await Promise.all([edge, ...furtherEdges].map((each) => each.stop()));
    await indexer.stop();
    let left: string[] = [];
    const isClean = async () => {
      left = await leftovers(watch, edgePids(), [port, mediaPort, statusPort]);
      return left.length === 0;
    };
    await until('a clean end', isClean, CLEAN_WITHIN_MS).catch(() => {});
    watch.stop();
    await rm(dataFolder, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`left behind:\n${left.join('\n')}`);
  };

  indexer.start();
  try {
    await untilHealthy(url, AbortSignal.timeout(READY_MS)).catch(() => {});
    if (withEdge) edge.start();
    await ready();
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
  return {
    ...{ url, indexer, edge, watch, dataFolder, env: runtime.env, mediaPort, statusPort },
    ...{ ready, furtherEdge, close },
  };
}

async function isWarm(url: string, titleIds: readonly string[]): Promise<boolean> {
  if (titleIds.length === 0) return true;
  const answer = await fetch(`${url}/api/titles`);
  const { titles } = Catalogue.parse(await answer.json());
  return titleIds.every((wanted) => {
    const availability = titles.find(({ id }) => id === wanted)?.availability;
    return availability?.state === 'ready' && availability.warm;
  });
}
