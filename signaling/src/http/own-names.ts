import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { TrustedProxies } from './trusted-proxies.ts';

/**
 * The names under which this Indexer may be asked. A page of a stranger can let its own name point at this machine (DNS
 * rebinding) and would then count as ours; it cannot do so with an address, `localhost` or a name of this machine.
 */
export class OwnNames {
  readonly #names: ReadonlySet<string>;
  readonly #publicUrl: string | undefined;
  readonly #proxies: TrustedProxies;

  constructor({ host, publicUrl }: { host: string; publicUrl: string | undefined }, proxies: TrustedProxies) {
    const machine = hostname();
    const names = ['localhost', host, machine, `${machine}.local`, ...(publicUrl ? [new URL(publicUrl).hostname] : [])];
    this.#names = new Set(names.map((name) => name.toLowerCase()));
    this.#publicUrl = publicUrl;
    this.#proxies = proxies;
  }

  /** Whether the name a request asks for is one of ours; HTTP/1.0 asks for none. */
  isMeant(request: IncomingMessage): boolean {
    const host = this.#proxies.hostOf(request);
    // A trusted proxy may put its own name for this machine; pages then come from the public address alone.
    return host === undefined || this.#isOwn(host) || (this.#publicUrl !== undefined && this.#proxies.sent(request));
  }

  /** Whether a page of this `Origin` came from here. Programs other than browsers send no origin. */
  isOwnOrigin(origin: string | undefined, request: IncomingMessage): boolean {
    if (origin === undefined) return true;
    if (!URL.canParse(origin)) return false;
    const { host, origin: exact } = new URL(origin);
    if (this.#publicUrl !== undefined && exact === new URL(this.#publicUrl).origin) return true;
    return host === this.#proxies.hostOf(request) && this.#isOwn(host);
  }

  #isOwn(host: string): boolean {
    if (!URL.canParse(`http://${host}`)) return false;
    const name = new URL(`http://${host}`).hostname;
    return isIP(name.replace(/^\[|\]$/g, '')) !== 0 || name.endsWith('.localhost') || this.#names.has(name);
  }
}

/** What is answered to a request under another name. */
export const notOurName = (host: string): string =>
  `This Kilat does not go by the name ${host.slice(0, 100)}. Open it by its own address, or set KILAT_PUBLIC_URL to the address players use and start it again.\n`;
