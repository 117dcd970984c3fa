import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import type { NetworkTarget } from '@kilat/shared/title/network-target';
import type { AllowedHost } from './allowed-hosts.ts';
import { reachableAddresses } from './dial.ts';
import type { RelayBounds } from './messages.ts';
import type { Tally } from './tally.ts';

/** Datagrams kept while their target is looked up. */
const MOST_WAITING = 16;
/** What may wait in this process for a full socket; a network would drop it too. */
const MOST_QUEUED_BYTES = 256 * 1024;

interface Flow {
  /** Undefined while its target is looked up. */
  outside: Socket | undefined;
  waiting: Buffer[];
  idle: NodeJS.Timeout;
}

/** Carries the datagrams of each of a title's ports to its target through a socket of their own, and answers back. */
export class UdpRelay {
  /** By the title's port and the target; the one idle longest comes first. */
  readonly #flows = new Map<string, Flow>();
  readonly #allowed: readonly AllowedHost[];
  readonly #bounds: RelayBounds;
  readonly #tally: Tally;

  constructor(allowed: readonly AllowedHost[], bounds: RelayBounds, tally: Tally) {
    this.#allowed = allowed;
    this.#bounds = bounds;
    this.#tally = tally;
  }

  serve(inside: Socket, target: NetworkTarget): void {
    inside.on('error', () => {});
    const place = `${inside.address().address} ${inside.address().port}`;
    inside.on('message', (datagram, from) => {
      const key = `${place} ${from.address} ${from.port}`;
      const flow = this.#flows.get(key) ?? this.#begin(key, { inside, from, target });
      this.#touch(key, flow);
      if (flow.outside !== undefined) send(flow.outside, datagram);
      else if (flow.waiting.length < MOST_WAITING) flow.waiting.push(datagram);
    });
  }

  #begin(key: string, way: { inside: Socket; from: RemoteInfo; target: NetworkTarget }): Flow {
    const longestIdle = this.#flows.size < this.#bounds.flows ? undefined : this.#flows.keys().next().value;
    if (longestIdle !== undefined) {
      this.#tally.dropped(way.target, `${this.#bounds.flows} UDP flows at a time`);
      this.#end(longestIdle);
    }
    const flow: Flow = {
      outside: undefined,
      waiting: [],
      idle: setTimeout(() => this.#end(key), this.#bounds.flowIdleMs),
    };
    this.#flows.set(key, flow);
    this.#open(key, flow, way).catch((error: unknown) => {
      // It stays, silent, until it is idle: the target is not looked up again for each datagram.
      this.#tally.unreached(way.target, error);
      flow.waiting = [];
    });
    return flow;
  }

  async #open(
    key: string,
    flow: Flow,
    { inside, from, target }: { inside: Socket; from: RemoteInfo; target: NetworkTarget },
  ): Promise<void> {
    const addresses = await reachableAddresses(target, this.#allowed);
    if (this.#flows.get(key) !== flow) return;
    const outside = await connected(addresses, target.port);
    if (this.#flows.get(key) !== flow) return void outside.close();
    outside.on('message', (datagram) => {
      this.#touch(key, flow);
      send(inside, datagram, from);
    });
    this.#tally.counts.flows += 1;
    flow.outside = outside;
    for (const datagram of flow.waiting.splice(0)) send(outside, datagram);
  }

  #touch(key: string, flow: Flow): void {
    flow.idle.refresh();
    this.#flows.delete(key);
    this.#flows.set(key, flow);
  }

  #end(key: string): void {
    const flow = this.#flows.get(key);
    if (flow === undefined) return;
    clearTimeout(flow.idle);
    this.#flows.delete(key);
    flow.outside?.close();
  }
}

/** A socket for the first of the addresses to which this machine has a way. */
async function connected(addresses: readonly LookupAddress[], port: number): Promise<Socket> {
  let why: unknown;
  for (const { address, family } of addresses) {
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    // A host that has nobody at the port says so by ICMP; the flow stays, as it does on a network.
    socket.on('error', () => {});
    try {
      socket.connect(port, address);
      await once(socket, 'connect');
      return socket;
    } catch (error) {
      why = error;
      socket.close();
    }
  }
  throw why;
}

function send(socket: Socket, datagram: Buffer, to?: RemoteInfo): void {
  if (socket.getSendQueueSize() > MOST_QUEUED_BYTES) return;
  if (to === undefined) socket.send(datagram, () => {});
  else socket.send(datagram, to.port, to.address, () => {});
}
