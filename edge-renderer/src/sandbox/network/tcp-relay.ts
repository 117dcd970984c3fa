import { connect, type Server, type Socket } from 'node:net';
import type { NetworkTarget } from '@kilat/shared/title/network-target';
import type { AllowedHost } from './allowed-hosts.ts';
import { reachableAddresses } from './dial.ts';
import type { RelayBounds } from './messages.ts';
import type { Tally } from './tally.ts';

/** Of several addresses of a host the next is tried after this, ms. */
const NEXT_ADDRESS_MS = 1_000;

/** Joins each connection a title makes at a listener with one to its target. */
export class TcpRelay {
  readonly #open = new Set<Socket>();
  readonly #allowed: readonly AllowedHost[];
  readonly #bounds: RelayBounds;
  readonly #tally: Tally;

  constructor(allowed: readonly AllowedHost[], bounds: RelayBounds, tally: Tally) {
    this.#allowed = allowed;
    this.#bounds = bounds;
    this.#tally = tally;
  }

  serve(server: Server, target: NetworkTarget): void {
    // Options of createServer, which this server, made by another process, did not get: nothing is read before the
    // target has answered, and either side may close first.
    Object.assign(server, { pauseOnConnect: true, allowHalfOpen: true });
    server.on('connection', (title) => this.#accept(title, target));
  }

  #accept(title: Socket, target: NetworkTarget): void {
    title.on('error', () => {});
    const { connections } = this.#bounds;
    if (this.#open.size >= connections) {
      this.#tally.dropped(target, `${connections} connections at a time`);
      title.resetAndDestroy();
      return;
    }
    this.#open.add(title);
    title.once('close', () => this.#open.delete(title));
    title.setNoDelay(true);
    this.#dial(title, target).catch((error: unknown) => {
      if (title.destroyed) return;
      this.#tally.unreached(target, error);
      title.resetAndDestroy();
    });
  }

  async #dial(title: Socket, target: NetworkTarget): Promise<void> {
    const addresses = await reachableAddresses(target, this.#allowed);
    if (title.destroyed) return;
    const outside = connect({
      host: target.host,
      port: target.port,
      lookup: (_host, _options, found) => found(null, addresses),
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
    });
    await this.#connected(outside, title);
    this.#tally.counts.connections += 1;
    this.#join(title, outside);
    this.#join(outside, title);
  }

  /** Rejects when the target does not answer in time; a title that goes meanwhile takes the attempt along. */
  #connected(outside: Socket, title: Socket): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => outside.destroy(new Error('no answer')), this.#bounds.connectMs);
      const leave = () => outside.destroy();
      title.once('close', leave);
      outside.once('error', reject);
      outside.once('close', () => {
        clearTimeout(late);
        reject(new Error('closed'));
      });
      outside.once('connect', () => {
        clearTimeout(late);
        title.off('close', leave);
        resolve();
      });
    });
  }

  /** Bytes, end and failure of one side, for the other. `pipe` waits for whoever is slower. */
  #join(from: Socket, to: Socket): void {
    from.pipe(to);
    from.on('error', () => to.resetAndDestroy());
    from.once('end', () => to.setTimeout(this.#bounds.halfClosedMs, () => to.destroy()));
    from.once('close', () => {
      // In order when its end was passed on; what is still to be written is.
      if (!from.readableEnded) to.destroy();
    });
  }
}
