import type { IncomingMessage } from 'node:http';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { OwnNames } from './own-names.ts';
import { TrustedProxies } from './trusted-proxies.ts';

const request = (headers: Record<string, string>, peer = '127.0.0.1'): IncomingMessage =>
  ({ socket: { remoteAddress: peer }, headers }) as unknown as IncomingMessage;
const names = (publicUrl?: string, proxies: boolean | string = false) =>
  new OwnNames({ host: '0.0.0.0', publicUrl }, new TrustedProxies(proxies));

describe('the name a request asks for', () => {
  it('is an address, localhost, a name of this machine, or the public one', () => {
    const own = names('https://kilat.example');
    for (const host of [
      'localhost:8080',
      'kilat.localhost',
      '127.0.0.1:8080',
      '[::1]:8080',
      '192.168.1.7',
      'kilat.example',
      'KILAT.example:443',
      hostname(),
      `${hostname()}.local:8080`,
    ]) {
      expect(own.isMeant(request({ host })), host).toBe(true);
    }
    expect(own.isMeant(request({}))).toBe(true);
  });

  it('is no other, whatever the header makes of it', () => {
    for (const host of ['evil.example', 'kilat.example.evil.example', 'localhost.evil.example:8080', 'a b', '']) {
      expect(names('https://kilat.example').isMeant(request({ host })), host).toBe(false);
    }
  });

  it('may be another behind a trusted proxy, whose own word for it comes first', () => {
    const proxied = { host: 'indexer:8080' };
    expect(names('https://kilat.example', '127.0.0.1').isMeant(request(proxied))).toBe(true);
    expect(names('https://kilat.example', '10.0.0.1').isMeant(request(proxied))).toBe(false);
    const forwarded = { host: 'indexer:8080', 'x-forwarded-host': 'evil.example' };
    expect(names(undefined, '127.0.0.1').isMeant(request(forwarded))).toBe(false);
    expect(names(undefined, '127.0.0.1').isMeant(request({ ...forwarded, 'x-forwarded-host': 'localhost' }))).toBe(
      true,
    );
  });
});

describe('a page that opens a socket', () => {
  it('is one of ours, or a program that is no browser', () => {
    expect(names().isOwnOrigin(undefined, request({ host: 'kilat.example' }))).toBe(true);
    expect(names().isOwnOrigin('http://localhost:8080', request({ host: 'localhost:8080' }))).toBe(true);
    const own = names('https://kilat.example');
    expect(own.isOwnOrigin('https://kilat.example', request({ host: '10.0.0.7:8080' }))).toBe(true);
  });

  it('is no page of others, also not one whose name points here', () => {
    const own = names('https://kilat.example');
    for (const origin of [
      'https://evil.example',
      'null',
      'not an address',
      'http://localhost:8081',
      'http://kilat.example',
    ]) {
      expect(own.isOwnOrigin(origin, request({ host: 'localhost:8080' })), origin).toBe(false);
    }
    expect(own.isOwnOrigin('http://evil.example', request({ host: 'evil.example' }))).toBe(false);
  });
});
