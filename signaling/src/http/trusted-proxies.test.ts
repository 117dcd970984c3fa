import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { TrustedProxies } from './trusted-proxies.ts';

const request = (peer: string, headers: Record<string, string> = {}): IncomingMessage =>
  ({ socket: { remoteAddress: peer }, headers }) as unknown as IncomingMessage;

it('takes a proxy’s word only where the proxy is trusted', () => {
  const forwarded = { 'x-forwarded-for': '203.0.113.9' };
  expect(new TrustedProxies(false).clientOf(request('10.0.0.7', forwarded))).toBe('10.0.0.7');
  const proxies = new TrustedProxies('10.0.0.0/8, ::1');
  expect(proxies.clientOf(request('10.0.0.7', forwarded))).toBe('203.0.113.9');
  expect(proxies.clientOf(request('192.0.2.1', forwarded))).toBe('192.0.2.1');
  expect([proxies.sent(request('10.0.0.7')), proxies.sent(request('192.0.2.1'))]).toEqual([true, false]);
});

it('knows a browser’s https by the last proxy’s word', () => {
  const proxies = new TrustedProxies('10.0.0.0/8');
  const proto = { 'x-forwarded-proto': 'http, https' };
  expect(proxies.isHttps(request('10.0.0.7', proto))).toBe(true);
  expect(proxies.isHttps(request('192.0.2.1', proto))).toBe(false);
  expect(proxies.isHttps(request('10.0.0.7', { 'x-forwarded-proto': 'https, http' }))).toBe(false);
});

it('believes of a chain only the part that trusted proxies wrote', () => {
  const chain = { 'x-forwarded-for': '198.51.100.1, 203.0.113.9, 10.0.0.8' };
  expect(new TrustedProxies('10.0.0.0/8').clientOf(request('10.0.0.7', chain))).toBe('203.0.113.9');
});
