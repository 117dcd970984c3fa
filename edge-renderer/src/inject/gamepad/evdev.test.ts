import { PAD_AT_REST, padButtonBit } from '@kilat/shared/input/gamepad';
import { expect, test } from 'vitest';
import { changes, RECORD_BYTES, RecordReader } from './evdev.ts';
import { RumbleEffects } from './rumble-effects.ts';

test('only what changed is written, ended by one report', () => {
  expect(changes(PAD_AT_REST, PAD_AT_REST)).toHaveLength(0);
  const bytes = changes(PAD_AT_REST, { ...PAD_AT_REST, leftX: -32_768, buttons: padButtonBit('up') });
  const records = Array.from({ length: bytes.length / RECORD_BYTES }, (_, index) => [
    bytes.readUInt16LE(index * RECORD_BYTES + 16),
    bytes.readUInt16LE(index * RECORD_BYTES + 18),
    bytes.readInt32LE(index * RECORD_BYTES + 20),
  ]);
  expect(records).toEqual([
    [3, 0, -32_768],
    [3, 0x11, -1],
    [0, 0, 0],
  ]);
});

test('records are read whole wherever the stream breaks', () => {
  const bytes = Buffer.alloc(2 * RECORD_BYTES);
  bytes.writeBigInt64LE(250n, 0);
  bytes.writeUInt16LE(0x100, 16);
  bytes.writeUInt16LE(4, 18);
  bytes.writeInt32LE(0xffff_0001 | 0, 20);
  bytes.writeUInt16LE(0x15, RECORD_BYTES + 16);
  bytes.writeUInt16LE(4, RECORD_BYTES + 18);
  bytes.writeInt32LE(1, RECORD_BYTES + 20);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const reader = new RecordReader();
    expect([...reader.read(bytes.subarray(0, cut)), ...reader.read(bytes.subarray(cut))]).toEqual([
      { is: 'upload', effect: 4, strong: 0xffff, weak: 1, lengthMs: 250 },
      { is: 'play', effect: 4, times: 1 },
    ]);
  }
});

test('an effect shakes when it is played, changes while it plays, and stops', () => {
  const effects = new RumbleEffects();
  const upload = (strong: number) => ({ is: 'upload', effect: 1, strong, weak: 0, lengthMs: 200 }) as const;
  expect(effects.take({ is: 'play', effect: 1, times: 1 })).toBeUndefined();
  expect(effects.take(upload(0xffff))).toBeUndefined();
  expect(effects.take({ is: 'play', effect: 1, times: 3 })).toEqual({ strong: 1, weak: 0, durationMs: 600 });
  expect(effects.take(upload(0))).toMatchObject({ strong: 0 });
  expect(effects.take({ is: 'play', effect: 9, times: 0 })).toBeUndefined();
  expect(effects.take({ is: 'play', effect: 1, times: 0 })).toEqual({ strong: 0, weak: 0, durationMs: 0 });
  effects.take(upload(10));
  effects.take({ is: 'play', effect: 1, times: 1 });
  expect(effects.take({ is: 'erase', effect: 1 })).toMatchObject({ strong: 0 });
  expect(effects.end()).toBeUndefined();
});
