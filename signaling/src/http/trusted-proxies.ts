import type { IncomingMessage } from 'node:http';
import proxyAddress from '@fastify/proxy-addr';

/** Whose `X-Forwarded-*` headers count, and what requests say through them; the same rules as Fastify's. */
export class TrustedProxies {
  readonly #trusts: (address: string, hop: number) => boolean;

  /** `setting`: everyone, nobody, or a comma-separated list of addresses and ranges. Throws on a range that is none. */
  constructor(setting: boolean | string) {
    this.#trusts =
      typeof setting === 'string'
        ? proxyAddress.compile(setting.split(',').map((address) => address.trim()))
        : () => setting;
  }

  /** Whether a request came straight from a proxy that is trusted. */
  sent(request: IncomingMessage): boolean {
    const peer = request.socket.remoteAddress;
    return peer !== undefined && this.#trusts(peer, 0);
  }

  /** The name and port that were asked for. */
  hostOf(request: IncomingMessage): string | undefined {
    return this.#forwarded(request, 'x-forwarded-host') ?? request.headers.host;
  }

  /** Whether the browser came over https, here or to a proxy. */
  isHttps(request: IncomingMessage): boolean {
    return this.#forwarded(request, 'x-forwarded-proto') === 'https' || 'encrypted' in request.socket;
  }

  /** Address of whoever asks, as far as it can be trusted. */
  clientOf(request: IncomingMessage): string {
    return request.socket.remoteAddress === undefined ? '' : proxyAddress(request, this.#trusts);
  }

  /** What the last proxy wrote into a header. */
  #forwarded(request: IncomingMessage, header: 'x-forwarded-host' | 'x-forwarded-proto'): string | undefined {
    const value = request.headers[header];
    return value === undefined || !this.sent(request) ? undefined : String(value).split(',').at(-1)?.trim();
  }
}
