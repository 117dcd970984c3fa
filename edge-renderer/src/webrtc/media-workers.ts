import {
  AUDIO_PAYLOAD_TYPE,
  AV1_PARAMETERS,
  AV1_PAYLOAD_TYPE,
  H264_PARAMETERS,
  OPUS_PARAMETERS,
  VIDEO_PAYLOAD_TYPE,
} from '@kilat/shared/media/router-capabilities';
import { createWorker, type types } from 'mediasoup';

/** What sessions need of a worker: a router of their own, and the one port that all players' media goes through. */
export interface MediaWorker {
  createRouter(): Promise<types.Router>;
  server: types.WebRtcServer;
  /** The port that players are told, where it is not the one listened on. */
  announcedPort: number | undefined;
  pid: number;
}

export interface WorkerSettings {
  binary: string | undefined;
  address: string;
  port: number;
  announcedPort?: number | undefined;
}

export interface WorkerListener {
  lost(): void;
  back(): void;
}

/** Listens on all interfaces and announces `address`, except on loopback, where only loopback listens. */
function listenInfos({ address, port }: WorkerSettings): types.TransportListenInfo[] {
  const loopback = address.startsWith('127.') || address === '::1';
  const where = loopback ? { ip: address } : { ip: '0.0.0.0', announcedAddress: address };
  return (['udp', 'tcp'] as const).map((protocol) => ({ protocol, ...where, port }));
}

const mediaCodecs: types.RouterRtpCodecCapability[] = [
  {
    kind: 'audio',
    mimeType: 'audio/opus',
    clockRate: 48_000,
    channels: 2,
    preferredPayloadType: AUDIO_PAYLOAD_TYPE,
    parameters: OPUS_PARAMETERS,
  },
  {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90_000,
    preferredPayloadType: VIDEO_PAYLOAD_TYPE,
    parameters: H264_PARAMETERS,
  },
  {
    kind: 'video',
    mimeType: 'video/AV1',
    clockRate: 90_000,
    preferredPayloadType: AV1_PAYLOAD_TYPE,
    parameters: AV1_PARAMETERS,
  },
];

const RESTART_AFTER_MS = [0, 250, 1_000, 3_000];
/** A worker that lived this long died of something new: the next one is started at once again, ms. */
const SETTLED_MS = 3_000;

/**
 * The machine's mediasoup worker with its WebRtcServer (one UDP and TCP port for all sessions). A worker that dies is
 * started again; the listener tells the sessions, whose transports died with it.
 */
export class MediaWorkers {
  readonly #settings: WorkerSettings;
  #listener: WorkerListener = { lost() {}, back() {} };
  #worker: types.Worker | undefined;
  #current: MediaWorker | undefined;
  #closed = false;
  #failures = 0;
  #settling: NodeJS.Timeout | undefined;

  private constructor(settings: WorkerSettings) {
    this.#settings = settings;
  }

  static async start(settings: WorkerSettings): Promise<MediaWorkers> {
    const workers = new MediaWorkers(settings);
    try {
      await workers.#start();
    } catch (error) {
      workers.close();
      throw new Error(inWords(error, settings));
    }
    return workers;
  }

  /** Who hears of deaths from now on. */
  listen(listener: WorkerListener): void {
    this.#listener = listener;
  }

  /** Undefined while the worker is being started again. */
  get current(): MediaWorker | undefined {
    return this.#current;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#settling);
    this.#worker?.close();
  }

  async #start(): Promise<void> {
    const { binary } = this.#settings;
    const worker = await createWorker({ logLevel: 'warn', ...(binary === undefined ? {} : { workerBin: binary }) });
    if (this.#closed) return worker.close();
    let server: types.WebRtcServer;
    try {
      server = await worker.createWebRtcServer({ listenInfos: listenInfos(this.#settings) });
    } catch (error) {
      worker.close();
      throw error;
    }
    if (this.#closed) return worker.close();
    worker.on('died', () => void this.#died());
    this.#worker = worker;
    this.#settling = setTimeout(() => {
      this.#failures = 0;
    }, SETTLED_MS).unref();
    const { announcedPort } = this.#settings;
    this.#current = {
      server,
      announcedPort,
      pid: worker.pid,
      createRouter: () => worker.createRouter({ mediaCodecs }),
    };
  }

  async #died(): Promise<void> {
    this.#current = undefined;
    clearTimeout(this.#settling);
    if (this.#closed) return;
    this.#listener.lost();
    while (!this.#closed) {
      const waitMs = RESTART_AFTER_MS[Math.min(this.#failures++, RESTART_AFTER_MS.length - 1)] ?? 0;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      try {
        await this.#start();
        this.#listener.back();
        return;
      } catch {
        // The port may still be held by the dead worker's socket; the next attempt waits longer.
      }
    }
  }
}

/** Why no media worker could be started, and what to do about it. */
function inWords(error: unknown, { port }: WorkerSettings): string {
  const said = error instanceof Error ? error.message : String(error);
  if (said.includes('ENOENT'))
    return `The media worker's program is not there (${said}). Run "npm start" once to set it up, or name it in MEDIASOUP_WORKER_BIN.`;
  if (said.includes('in use') || said.includes('bind'))
    return `Port ${port} for media is taken by another program. Choose another with KILAT_EDGE_PORT.`;
  return `The media worker did not start: ${said}`;
}
