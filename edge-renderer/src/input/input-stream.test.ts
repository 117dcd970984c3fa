import type { InputEvent } from '@kilat/shared/input/events';
import { PAD_AT_REST } from '@kilat/shared/input/gamepad';
import { encodeInputPacket } from '@kilat/shared/input/packet';
import { expect, test } from 'vitest';
import { InputStream } from './input-stream.ts';

const key = (code: number): InputEvent => ({ type: 'key-down', key: code });
const packet = (firstSeq: number, ...events: InputEvent[]) => encodeInputPacket({ kind: 'input', firstSeq, events });
const fresh = (stream: InputStream, bytes: Uint8Array) => {
  const arrival = stream.arrive(bytes);
  return arrival.kind === 'inputs' ? arrival.fresh : arrival.kind;
};

test('repeated events come out once and in order, over loss and reordering', () => {
  const stream = new InputStream();
  expect(fresh(stream, packet(1, key(30)))).toEqual([{ seq: 1, event: key(30) }]);
  // The packet with 1 and 2 is lost; the next repeats both.
  expect(fresh(stream, packet(1, key(30), key(31), key(32)))).toEqual([
    { seq: 2, event: key(31) },
    { seq: 3, event: key(32) },
  ]);
  expect(fresh(stream, packet(1, key(30), key(31)))).toEqual([]);
  expect(stream.ackSeq).toBe(3);
});

test('relative motions that arrive together become one with the last number', () => {
  const motion = (dx: number, dy: number): InputEvent => ({ type: 'motion', dx, dy });
  const stream = new InputStream();
  expect(fresh(stream, packet(1, motion(3, -1), motion(4, -2), key(30), motion(1, 1)))).toEqual([
    { seq: 2, event: motion(7, -3) },
    { seq: 3, event: key(30) },
    { seq: 4, event: motion(1, 1) },
  ]);
});

test('what was superseded is nobody’s input, and a gap in the numbers is none of a lost event', () => {
  const stream = new InputStream();
  const pad = (leftX: number): InputEvent => ({ type: 'gamepad', pad: 0, state: { ...PAD_AT_REST, leftX } });
  expect(fresh(stream, packet(1, pad(1)))).toEqual([{ seq: 1, event: pad(1) }]);
  expect(fresh(stream, packet(40, pad(40), { type: 'superseded' }, key(30)))).toEqual([
    { seq: 40, event: pad(40) },
    { seq: 42, event: key(30) },
  ]);
  expect(stream.ackSeq).toBe(42);
});

test('what makes no sense is malformed and changes nothing', () => {
  const stream = new InputStream();
  for (const bytes of [
    new Uint8Array(0),
    Uint8Array.of(1, 1, 0),
    Uint8Array.of(9, 9, 9),
    packet(1, key(30)).subarray(0, 9),
    new Uint8Array(4096).fill(1),
  ]) {
    expect(stream.arrive(bytes).kind).toBe('malformed');
  }
  expect(stream.ackSeq).toBe(0);
});
