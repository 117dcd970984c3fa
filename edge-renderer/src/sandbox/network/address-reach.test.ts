import { BlockList } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { addressReach, ownSubnets } from './address-reach.ts';

const none = new BlockList();

test.each(['9.9.9.9', '172.15.0.1', '172.32.0.1', '100.128.0.1', '2620:fe::fe', '64:ff9b::909:909', '::ffff:9.9.9.9'])(
  '%s is on the Internet',
  (address) => expect(addressReach(address, none)).toBe('public'),
);

test.each([
  ...['127.0.0.1', '127.77.0.1', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1'],
  ...['169.254.169.254', '192.0.2.1', '198.18.0.1', '::1', 'fe80::1', 'fe80::1%eth0', 'fd00::1', 'fec0::1'],
  ...['::ffff:127.0.0.1', '::ffff:169.254.169.254', '64:ff9b::a00:1', '64:ff9b::7f00:1', '2002:7f00:1::1'],
  ...['2001:0:4136:e378::1', '2001:db8::1', '::7f00:1', '64:ff9b:1::a00:1', 'fd00:ec2::254'],
  ...['168.63.129.16', '::ffff:168.63.129.16'],
])('%s is inside', (address) => expect(addressReach(address, none)).toBe('inside'));

test.each(['0.0.0.0', '0.1.2.3', '224.0.0.1', '239.255.255.250', '255.255.255.255', '::', 'ff02::1', '::ffff:0.0.0.0'])(
  '%s is nobody’s',
  (address) => expect(addressReach(address, none)).toBe('nobody'),
);

const interfaceOf = (cidr: string): NetworkInterfaceInfo => ({
  ...{ address: cidr.split('/')[0] as string, cidr, netmask: '', mac: '', internal: false },
  ...(cidr.includes(':') ? { family: 'IPv6', scopeid: 0 } : { family: 'IPv4' }),
});

test('this machine and its neighbours are inside, however public their addresses', () => {
  const cidrs = ['9.9.9.9/24', '8.8.8.8/32', '2620:fe::fe/64', '2a00:1450:4001:8::a/128'];
  const own = ownSubnets({
    eth0: cidrs.map(interfaceOf),
    lo: ['127.0.0.1/8', '::1/128', 'fe80::1/64'].map(interfaceOf),
    eth1: undefined,
  });
  const inside = ['9.9.9.9', '9.9.9.1', '::ffff:9.9.9.1', '64:ff9b::909:901', '8.8.8.8', '2620:fe::1', '2620:fe::fe'];
  // An address that DHCPv6 gave out says nothing of its link.
  for (const address of [...inside, '2a00:1450:4001:8::1']) expect(addressReach(address, own)).toBe('inside');
  const outside = [
    '1.1.1.1',
    '::ffff:1.1.1.1',
    '9.9.8.1',
    '9.9.10.1',
    '8.8.8.9',
    '2620:fe:0:1::1',
    '2a00:1450:4001:9::a',
  ];
  for (const address of outside) expect(addressReach(address, own)).toBe('public');
});

test('what is nobody’s stays nobody’s in a subnet of this machine', () => {
  expect(addressReach('224.0.0.1', ownSubnets({ tun0: [interfaceOf('9.9.9.9/0')] }))).toBe('nobody');
});

test('a mask with holes makes no subnet', () => {
  const own = ownSubnets({ eth0: [{ ...interfaceOf('9.9.9.9/24'), cidr: null }] });
  expect([addressReach('9.9.9.9', own), addressReach('9.9.9.1', own)]).toEqual(['inside', 'public']);
});

test('this machine’s own addresses are asked for', () => {
  expect(ownSubnets().check('127.0.0.1')).toBe(true);
});
