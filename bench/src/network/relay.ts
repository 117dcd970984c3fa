import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { ImpairedLink, type LinkCounters } from '@kilat/shared/network/impaired-link';
import type { NetworkProfile } from '@kilat/shared/network/profile';

/** How often the bottleneck's queue is written down, ms. */
const SAMPLE_MS = 10;
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;

/** What the relay saw since its profile began. Down is edge → player. */
export interface RelayLog {
  /** `Date.now()` when the profile began. */
  startedAtEpochMs: number;
  /** Every 10 ms: time since then, the bottleneck's queue, and bytes delivered so far (with IP and UDP headers). */
  down: { atMs: number; queueMs: number; bytes: number }[];
  downCounters: LinkCounters;
  upCounters: LinkCounters;
}

interface Datagram {
  data: Buffer;
  send(data: Buffer): void;
}

/**
 * A UDP relay that makes a network path worse, without the kernel's help: players send to its port, and what they say
 * passes through a link each way to the edge's media port. Each player's address gets a socket of its own, as with NAT.
 */
export class UdpRelay {
  readonly #socket: Socket;
  readonly #target: { address: string; port: number };
  readonly #upstream = new Map<string, Socket>();
  readonly #sampling: NodeJS.Timeout;
  #timer: NodeJS.Timeout | undefined;
  #wakeAtMs = Number.POSITIVE_INFINITY;
  #down: ImpairedLink<Datagram>;
  #up: ImpairedLink<Datagram>;
  #startedMs = performance.now();
  #startedAtEpochMs = Date.now();
  #samples: RelayLog['down'] = [];
  #closed = false;

  private constructor(socket: Socket, target: { address: string; port: number }, profile: NetworkProfile) {
    this.#socket = socket;
    this.#target = target;
    this.#down = new ImpairedLink(profile.down, profile.seed, this.#startedMs);
    this.#up = new ImpairedLink(profile.up, profile.seed + 1, this.#startedMs);
    socket.on('message', (data, from) => this.#fromPlayer(data, from));
    this.#sampling = setInterval(() => this.#sample(), SAMPLE_MS);
  }

  /** Listens on `port` of `target`'s interface (0: any). */
  static async start(
    port: number,
    target: { address: string; port: number },
    profile: NetworkProfile,
  ): Promise<UdpRelay> {
    const socket = createSocket('udp4');
    socket.bind(port, target.address);
    await once(socket, 'listening');
    widen(socket);
    return new UdpRelay(socket, target, profile);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Another path from now on; what was under way on the one before is lost, and the log begins anew. */
  use(profile: NetworkProfile): void {
    this.#startedMs = performance.now();
    this.#startedAtEpochMs = Date.now();
    this.#down = new ImpairedLink(profile.down, profile.seed, this.#startedMs);
    this.#up = new ImpairedLink(profile.up, profile.seed + 1, this.#startedMs);
    this.#samples = [];
  }

  read(): RelayLog {
    return {
      startedAtEpochMs: this.#startedAtEpochMs,
      down: this.#samples,
      downCounters: { ...this.#down.counters },
      upCounters: { ...this.#up.counters },
    };
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#sampling);
    clearTimeout(this.#timer);
    for (const socket of [this.#socket, ...this.#upstream.values()]) socket.close();
    this.#upstream.clear();
  }

  #fromPlayer(data: Buffer, from: RemoteInfo): void {
    const name = `${from.address}:${from.port}`;
    let upstream = this.#upstream.get(name);
    if (upstream === undefined) {
      upstream = this.#connect(from);
      this.#upstream.set(name, upstream);
    }
    const { address, port } = this.#target;
    const send = (bytes: Buffer) => upstream.send(bytes, port, address, () => {});
    this.#pass(this.#up, { data, send });
  }

  /** The edge's way back to one player. */
  #connect({ address, port }: RemoteInfo): Socket {
    const socket = createSocket('udp4');
    socket.bind(0, this.#target.address, () => widen(socket));
    // A path to a port where nobody listens any more loses its packets, as a real one does.
    socket.on('error', () => {});
    const send = (bytes: Buffer) => {
      if (!this.#closed) this.#socket.send(bytes, port, address, () => {});
    };
    socket.on('message', (data) => this.#pass(this.#down, { data, send }));
    return socket;
  }

  #pass(link: ImpairedLink<Datagram>, datagram: Datagram): void {
    const nowMs = performance.now();
    link.push(datagram, datagram.data.length, nowMs);
    this.#deliver(nowMs);
  }

  #deliver(nowMs: number): void {
    if (this.#closed) return;
    for (const link of [this.#down, this.#up]) for (const { data, send } of link.due(nowMs)) send(data);
    const nextMs = Math.min(...[this.#down, this.#up].map((link) => link.nextMs(nowMs) ?? Number.POSITIVE_INFINITY));
    if (nextMs === Number.POSITIVE_INFINITY) return;
    // The wake-up that is set already will do, unless something is due before it.
    if (this.#wakeAtMs <= nextMs && this.#wakeAtMs > nowMs) return;
    clearTimeout(this.#timer);
    this.#wakeAtMs = nextMs;
    this.#timer = setTimeout(() => {
      this.#wakeAtMs = Number.POSITIVE_INFINITY;
      this.#deliver(performance.now());
    }, nextMs - nowMs);
  }

  #sample(): void {
    const nowMs = performance.now();
    this.#samples.push({
      atMs: nowMs - this.#startedMs,
      queueMs: this.#down.queueMs(nowMs),
      bytes: this.#down.counters.deliveredBytes,
    });
  }
}

function widen(socket: Socket): void {
  socket.setRecvBufferSize(SOCKET_BUFFER_BYTES);
  socket.setSendBufferSize(SOCKET_BUFFER_BYTES);
}
