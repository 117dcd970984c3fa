import { expect, test } from 'vitest';
import { addressReach, ownAddresses } from './address-reach.ts';

const none = new Set<string>();

test.each(['9.9.9.9', '172.15.0.1', '172.32.0.1', '100.128.0.1', '2620:fe::fe', '64:ff9b::909:909', '::ffff:9.9.9.9'])(
  '%s is on the Internet',
  (address) => expect(addressReach(address, none)).toBe('public'),
);

test.each([
  ...['127.0.0.1', '127.77.0.1', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1'],
  ...['169.254.169.254', '192.0.2.1', '198.18.0.1', '::1', 'fe80::1', 'fe80::1%eth0', 'fd00::1', 'fec0::1'],
  ...['::ffff:127.0.0.1', '::ffff:169.254.169.254', '64:ff9b::a00:1', '64:ff9b::7f00:1', '2002:7f00:1::1'],
  ...['2001:0:4136:e378::1', '2001:db8::1', '::7f00:1', '64:ff9b:1::a00:1', 'fd00:ec2::254'],
])('%s is inside', (address) => expect(addressReach(address, none)).toBe('inside'));

test.each(['0.0.0.0', '0.1.2.3', '224.0.0.1', '239.255.255.250', '255.255.255.255', '::', 'ff02::1', '::ffff:0.0.0.0'])(
  '%s is nobody’s',
  (address) => expect(addressReach(address, none)).toBe('nobody'),
);

test('a public address of this very machine is inside', () => {
  expect(addressReach('9.9.9.9', new Set(['9.9.9.9']))).toBe('inside');
  expect(ownAddresses()).toContain('127.0.0.1');
});
