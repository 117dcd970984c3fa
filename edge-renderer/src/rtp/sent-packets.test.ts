import { expect, test } from 'vitest';
import { SentPackets } from './sent-packets.ts';

const packets = (name: string) => [Buffer.from(`${name} 1`), Buffer.from(`${name} 2`)];

test('gives the packets of a frame back as they were', () => {
  const sent = new SentPackets();
  sent.keep(9_000, packets('a'));
  sent.keep(10_500, packets('b'));
  expect(sent.of(9_000).map(String)).toEqual(['a 1', 'a 2']);
  expect(sent.of(10_500).map(String)).toEqual(['b 1', 'b 2']);
  expect(sent.of(9_001)).toEqual([]);
});

test('forgets what is older than half a second, over a wrap of the timestamps too', () => {
  const sent = new SentPackets();
  sent.keep(2 ** 32 - 90, packets('old'));
  sent.keep(2 ** 32 - 45, packets('last'));
  sent.keep(44_950, packets('first after'));
  expect(sent.of(2 ** 32 - 90)).toEqual([]);
  expect(sent.of(2 ** 32 - 45)).toHaveLength(2);
});
