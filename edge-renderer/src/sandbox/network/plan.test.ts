import { type NetworkTarget, parseNetworkTarget } from '@kilat/shared/title/network-target';
import { expect, test } from 'vitest';
import { networkPlan } from './plan.ts';

const targets = (...texts: string[]) => texts.map((text) => parseNetworkTarget(text) as NetworkTarget);

test('a name has one loopback address for all its ports, a literal stands for itself', () => {
  const all = targets(
    'scores.example.net:443',
    'scores.example.net:7000/udp',
    'chat.example.net:443',
    '9.9.9.9:53',
    '[2620:fe::fe]:53/udp',
    '127.0.0.1:7000',
    'localhost:7001',
  );
  const plan = networkPlan(all);
  expect(plan.hosts).toBe('127.77.0.1 scores.example.net\n127.77.0.2 chat.example.net\n');
  expect(plan.addresses).toEqual(['127.77.0.1/32', '127.77.0.2/32', '9.9.9.9/32', '2620:fe::fe/128']);
  expect(plan.listeners.map(({ address }) => address)).toEqual([
    ...['127.77.0.1', '127.77.0.1', '127.77.0.2', '9.9.9.9', '2620:fe::fe', '127.0.0.1', '127.0.0.1'],
  ]);
});

test('what is asked for twice is listened for once', () => {
  expect(networkPlan(targets('a.example:1', 'A.example:1', 'a.example:1/udp')).listeners).toHaveLength(2);
});
