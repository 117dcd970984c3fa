import { expect, test } from 'vitest';
import { networkTargetText, parseNetworkTarget } from './network-target.ts';

test.each([
  ['scores.example.net:443', { protocol: 'tcp', kind: 'name', host: 'scores.example.net', port: 443 }],
  ['Scores.Example.NET:443/udp', { protocol: 'udp', kind: 'name', host: 'scores.example.net', port: 443 }],
  ['gamehost:7000', { protocol: 'tcp', kind: 'name', host: 'gamehost', port: 7000 }],
  [
    '_sip.xn--bcher-kva.example:5060/udp',
    { protocol: 'udp', kind: 'name', host: '_sip.xn--bcher-kva.example', port: 5060 },
  ],
  ['192.0.2.7:7000/udp', { protocol: 'udp', kind: 'ipv4', host: '192.0.2.7', port: 7000 }],
  ['[2001:DB8:0:0::7]:443', { protocol: 'tcp', kind: 'ipv6', host: '2001:db8::7', port: 443 }],
  ['[::ffff:10.0.0.1]:80', { protocol: 'tcp', kind: 'ipv6', host: '::ffff:a00:1', port: 80 }],
])('%s is understood', (text, target) => {
  expect(parseNetworkTarget(text)).toEqual(target);
  const again = networkTargetText(target as never);
  expect(parseNetworkTarget(again)).toEqual(target);
});

test.each([
  ['no port', 'scores.example.net'],
  ['port 0', 'scores.example.net:0'],
  ['a port that is none', 'scores.example.net:65536'],
  ['another protocol', 'scores.example.net:443/sctp'],
  ['a URL', 'https://scores.example.net:443'],
  ['a wildcard', '*.example.net:443'],
  ['a trailing dot', 'scores.example.net.:443'],
  ['an empty label', 'scores..net:443'],
  ['a label that ends in a hyphen', 'scores-.net:443'],
  ['an address as one number', '2130706433:80'],
  ['a short address', '127.1:80'],
  ['a hexadecimal address', '0x7f.0.0.0x1:80'],
  ['an octal address', '0177.0.0.1:80'],
  ['an IPv6 address without brackets', '2001:db8::7:443'],
  ['an IPv4 address in brackets', '[192.0.2.7]:443'],
  ['an interface', '[fe80::1%eth0]:443'],
  ['a new line', 'scores.example.net:443\n'],
])('%s is not', (_, text) => {
  expect(parseNetworkTarget(text)).toBeUndefined();
});
