import { decodeInputPacket } from '@kilat/shared/input/packet';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { InputLink } from './input-link.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function linkWithLog() {
  const sent: { atMs: number; seqs: number[] }[] = [];
  const beganMs = Date.now();
  const link = new InputLink((packet) => {
    const decoded = decodeInputPacket(packet);
    const { firstSeq, events } = decoded?.kind === 'input' ? decoded : { firstSeq: 0, events: [] };
    sent.push({ atMs: Date.now() - beganMs, seqs: events.map((_, place) => firstSeq + place) });
    return true;
  });
  return { link, sent };
}

test('an event is repeated soon at first, then more seldom, until it is acknowledged', () => {
  const { link, sent } = linkWithLog();
  const seq = link.send({ type: 'key-down', key: 30 }) as number;
  vi.advanceTimersByTime(125);
  expect(sent.map(({ atMs }) => atMs)).toEqual([0, 10, 20, 40, 80, 120]);
  link.acknowledge(seq);
  vi.advanceTimersByTime(1_000);
  expect(sent).toHaveLength(6);
});

test('a new event goes out at once with what waits, and repeats are soon again', () => {
  const { link, sent } = linkWithLog();
  link.send({ type: 'key-down', key: 30 });
  vi.advanceTimersByTime(85);
  link.send({ type: 'key-up', key: 30 });
  vi.advanceTimersByTime(12);
  expect(sent.slice(5)).toEqual([
    { atMs: 85, seqs: [1, 2] },
    { atMs: 95, seqs: [1, 2] },
  ]);
  link.acknowledge(1);
  vi.advanceTimersByTime(10);
  expect(sent.at(-1)).toEqual({ atMs: 105, seqs: [2] });
});

test('nothing is sent after the connection is closed', () => {
  const { link, sent } = linkWithLog();
  link.send({ type: 'key-down', key: 30 });
  link.close();
  vi.advanceTimersByTime(1_000);
  expect(sent).toHaveLength(1);
});
