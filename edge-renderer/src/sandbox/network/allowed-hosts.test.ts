import { type NetworkTarget, parseNetworkTarget } from '@kilat/shared/title/network-target';
import { expect, test } from 'vitest';
import { isAllowed, mayReach } from './allowed-hosts.ts';
import { AllowedHosts } from './network-setting.ts';

const target = (text: string) => parseNetworkTarget(text) as NetworkTarget;
const allows = (list: string, text: string) => isAllowed(target(text), AllowedHosts.parse(list));

test.each([
  ['scores.example.net:443', 'scores.example.net:443'],
  ['Scores.Example.net:443', 'scores.example.net:443'],
  ['*.example.net:443', 'scores.example.net:443'],
  ['*.example.net:443', 'a.b.example.net:443'],
  ['a.net:1, scores.example.net:*', 'scores.example.net:7000'],
  ['192.0.2.7:7000/udp', '192.0.2.7:7000/udp'],
  ['[2001:db8:0::7]:443', '[2001:db8::7]:443'],
  ['*:443', '192.0.2.7:443'],
  ['*', 'scores.example.net:7000/udp'],
])('%s lets a title ask for %s', (list, text) => expect(allows(list, text)).toBe(true));

test.each([
  ['', 'scores.example.net:443'],
  ['scores.example.net:443', 'scores.example.net:444'],
  ['scores.example.net:443', 'scores.example.net:443/udp'],
  ['scores.example.net:443/udp', 'scores.example.net:443'],
  ['*:*', 'scores.example.net:443/udp'],
  ['*.example.net:443', 'example.net:443'],
  ['*.example.net:443', 'badexample.net:443'],
  ['*.example.net:443', 'example.net.evil.org:443'],
  ['scores.example.net:443', 'scores.example.net.evil.org:443'],
  ['192.0.2.7:443', '192.0.2.70:443'],
])('%s does not let it ask for %s', (list, text) => expect(allows(list, text)).toBe(false));

test.each(['example.net', 'example.net:', ':443', 'a*.net:443', '*.*:1', '*.192.0.2.7:1', 'a.net:0', 'a.net:70000'])(
  'an operator cannot write %s',
  (list) => expect(AllowedHosts.safeParse(`ok.net:1,${list}`).error?.issues[0]?.message).toContain(`"${list}"`),
);

test.each([
  ['*', '10.0.0.1'],
  ['game.lan:7000', '10.0.0.1'],
  ['*.lan:7000', '127.0.0.1'],
  ['game.lan:7000', '169.254.169.254'],
  ['game.lan:7000,10.0.0.2:7000', '10.0.0.1'],
  ['game.lan:7000,10.0.0.1:7001', '10.0.0.1'],
  ['game.lan:7000,10.0.0.1:7000/udp', '10.0.0.1'],
  ['*,0.0.0.0:7000', '0.0.0.0'],
  ['*,[ff02::1]:7000', 'ff02::1'],
])('with %s a name that leads to %s leads nowhere', (list, address) => {
  expect(mayReach(address, target('game.lan:7000'), AllowedHosts.parse(list))).toBe(false);
});

test.each([
  ['game.lan:7000,10.0.0.1:7000', '10.0.0.1'],
  ['*,127.0.0.1:*', '127.0.0.1'],
  ['*,[::1]:7000', '0:0:0:0:0:0:0:1'],
  ['game.lan:7000', '9.9.9.9'],
])('with %s a name may lead to %s', (list, address) => {
  expect(mayReach(address, target('game.lan:7000'), AllowedHosts.parse(list))).toBe(true);
});
