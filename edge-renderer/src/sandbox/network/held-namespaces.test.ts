import { readdirSync, readlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HeldNamespaces } from './held-namespaces.ts';

const own = (name: string) => readlinkSync(`/proc/self/ns/${name}`);

test('paths lead to the namespaces until they are let go', () => {
  const held = new HeldNamespaces({ network: '/proc/self/ns/net', user: '/proc/self/ns/user' });
  const { network, user } = held.paths;
  expect([readlinkSync(network), readlinkSync(user ?? '')]).toEqual([own('net'), own('user')]);
  held.close();
  expect(() => readlinkSync(network)).toThrow();
});

test('of a process that is gone in between nothing is kept', () => {
  const open = () => readdirSync('/proc/self/fd').length;
  const before = open();
  const gone = '/proc/0/fd/3';
  expect(() => new HeldNamespaces({ network: '/proc/self/ns/net', user: gone })).toThrow('ENOENT');
  expect(() => new HeldNamespaces({ network: gone, user: undefined })).toThrow('ENOENT');
  expect(open()).toBe(before);
});
