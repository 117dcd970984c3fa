import { expect, test } from 'vitest';
import type { InputEvent } from './events.ts';
import { PAD_AT_REST, PAD_BUTTONS } from './gamepad.ts';
import { decodeInputPacket, encodeInputPacket, MAX_EVENTS_PER_PACKET } from './packet.ts';

const everyKind: InputEvent[] = [
  { type: 'key-down', key: 17 },
  { type: 'key-up', key: 17 },
  { type: 'button-down', button: 0 },
  { type: 'button-up', button: 4 },
  { type: 'pointer', x: 0, y: 65_535 },
  { type: 'motion', dx: -32_768, dy: 32_767 },
  { type: 'wheel', dx: -120, dy: 360 },
  {
    type: 'gamepad',
    pad: 3,
    state: {
      buttons: 0x7fff,
      leftTrigger: 255,
      rightTrigger: 1,
      leftX: -32_768,
      leftY: 32_767,
      rightX: -1,
      rightY: 1,
    },
  },
  { type: 'gamepad-unplugged', pad: 0 },
  { type: 'touch-start', finger: 255, x: 0, y: 65_535 },
  { type: 'superseded' },
  { type: 'touch-move', finger: 0, x: 1, y: 2 },
  { type: 'touch-end', finger: 255 },
  { type: 'release-all' },
];

test('every kind of event survives the wire', () => {
  const packet = { kind: 'input', firstSeq: 4_294_967_000, events: everyKind } as const;
  expect(decodeInputPacket(encodeInputPacket({ ...packet, events: everyKind }))).toEqual(packet);
});

test('a ping survives the wire', () => {
  expect(decodeInputPacket(encodeInputPacket({ kind: 'ping', sentMs: 1234.567 }))).toEqual({
    kind: 'ping',
    sentMs: 1234.567,
  });
});

test('a packet decodes from the middle of a larger buffer', () => {
  const bytes = encodeInputPacket({ kind: 'input', firstSeq: 1, events: everyKind });
  const larger = new Uint8Array(bytes.length + 20);
  larger.set(bytes, 7);
  expect(decodeInputPacket(larger.subarray(7, 7 + bytes.length))).toMatchObject({ firstSeq: 1 });
});

test('every truncation and every wrong first byte is refused', () => {
  const bytes = encodeInputPacket({ kind: 'input', firstSeq: 1, events: everyKind });
  for (let length = 0; length < bytes.length; length++)
    expect(decodeInputPacket(bytes.subarray(0, length))).toBeUndefined();
  for (const kind of [0, 3, 255])
    expect(decodeInputPacket(Uint8Array.from([kind, ...bytes.subarray(1)]))).toBeUndefined();
});

test('keys, buttons, gamepads and fingers that do not exist are refused', () => {
  for (const event of [
    { type: 'key-down', key: 0 },
    { type: 'key-down', key: 248 },
    { type: 'button-down', button: 5 },
    { type: 'gamepad', pad: 4, state: PAD_AT_REST },
    { type: 'gamepad', pad: 0, state: { ...PAD_AT_REST, buttons: 1 << PAD_BUTTONS.length } },
    { type: 'gamepad-unplugged', pad: 4 },
    { type: 'touch-end', finger: 256 },
  ] as const) {
    expect(decodeInputPacket(encodeInputPacket({ kind: 'input', firstSeq: 1, events: [event] }))).toBeUndefined();
  }
});

test('random bytes never throw', () => {
  for (let round = 0; round < 5_000; round++) {
    const bytes = crypto.getRandomValues(new Uint8Array(round % 64));
    if (bytes.length > 0) bytes[0] = (bytes[0] as number) % 4;
    if (bytes.length > 6) bytes[6] = (bytes[6] as number) % 16;
    expect(() => decodeInputPacket(bytes)).not.toThrow();
  }
});

test('too many events are an error of the sender', () => {
  const events = Array.from({ length: MAX_EVENTS_PER_PACKET + 1 }, () => ({ type: 'release-all' }) as const);
  expect(() => encodeInputPacket({ kind: 'input', firstSeq: 1, events })).toThrow(RangeError);
});
