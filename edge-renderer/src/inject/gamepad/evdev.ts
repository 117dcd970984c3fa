import { PAD_BUTTONS, type PadButton, type PadState } from '@kilat/shared/input/gamepad';

// Linux input events as they are read from and written to a device: `struct input_event` of 64-bit hosts, and the codes
// the kernel's xpad driver uses (linux/input-event-codes.h).

/** Length of one record: seconds and microseconds (8 bytes each), `u16 type, u16 code, s32 value`. */
export const RECORD_BYTES = 24;

const EV_SYN = 0x00;
const EV_KEY = 0x01;
const EV_ABS = 0x03;
const EV_FF = 0x15;
/** Records of our native parts beyond evdev's types; see native/pad-shim.c and native/uinput-pad.c. */
const FF_UPLOAD = 0x100;
const FF_ERASE = 0x101;
const PLUGGED = 0x102;

const ABS_X = 0x00;
const ABS_Y = 0x01;
const ABS_Z = 0x02;
const ABS_RX = 0x03;
const ABS_RY = 0x04;
const ABS_RZ = 0x05;
const ABS_HAT0X = 0x10;
const ABS_HAT0Y = 0x11;

/** Key codes of the buttons; the directions are a hat (two axes of −1, 0, 1). */
const KEYS: Partial<Record<PadButton, number>> = {
  south: 0x130,
  east: 0x131,
  west: 0x133,
  north: 0x134,
  'left-shoulder': 0x136,
  'right-shoulder': 0x137,
  back: 0x13a,
  start: 0x13b,
  guide: 0x13c,
  'left-stick': 0x13d,
  'right-stick': 0x13e,
};

const AXES: readonly (readonly [code: number, value: (state: PadState) => number])[] = [
  [ABS_X, (state) => state.leftX],
  [ABS_Y, (state) => state.leftY],
  [ABS_Z, (state) => state.leftTrigger],
  [ABS_RX, (state) => state.rightX],
  [ABS_RY, (state) => state.rightY],
  [ABS_RZ, (state) => state.rightTrigger],
  [ABS_HAT0X, (state) => held(state, 'right') - held(state, 'left')],
  [ABS_HAT0Y, (state) => held(state, 'down') - held(state, 'up')],
];

function held({ buttons }: PadState, button: PadButton): number {
  return (buttons >> PAD_BUTTONS.indexOf(button)) & 1;
}

/** The records that lead from one state to another; empty when they are the same. */
export function changes(from: PadState, to: PadState): Buffer {
  const records: [type: number, code: number, value: number][] = [];
  for (const [code, value] of AXES) {
    if (value(from) !== value(to)) records.push([EV_ABS, code, value(to)]);
  }
  for (const button of PAD_BUTTONS) {
    const code = KEYS[button];
    if (code !== undefined && held(from, button) !== held(to, button)) records.push([EV_KEY, code, held(to, button)]);
  }
  if (records.length === 0) return Buffer.alloc(0);
  records.push([EV_SYN, 0, 0]);
  return encodeRecords(records);
}

function encodeRecords(records: readonly (readonly [type: number, code: number, value: number])[]): Buffer {
  const nowMs = Date.now();
  const bytes = Buffer.alloc(RECORD_BYTES * records.length);
  records.forEach(([type, code, value], index) => {
    const at = RECORD_BYTES * index;
    bytes.writeBigInt64LE(BigInt(Math.floor(nowMs / 1000)), at);
    bytes.writeBigInt64LE(BigInt((nowMs % 1000) * 1000), at + 8);
    bytes.writeUInt16LE(type, at + 16);
    bytes.writeUInt16LE(code, at + 18);
    bytes.writeInt32LE(value, at + 20);
  });
  return bytes;
}

/** What comes back from a pad's device. Motors 0…65535. */
export type PadRecord =
  | { is: 'upload'; effect: number; strong: number; weak: number; lengthMs: number }
  | { is: 'erase'; effect: number }
  | { is: 'play'; effect: number; times: number }
  /** The kernel made the device /dev/input/event<number>. */
  | { is: 'plugged'; number: number };

/** Reads records from a stream's chunks, which may break anywhere; records that mean nothing here are passed over. */
export class RecordReader {
  #rest = Buffer.alloc(0);

  read(chunk: Buffer): PadRecord[] {
    const bytes = Buffer.concat([this.#rest, chunk]);
    const end = bytes.length - (bytes.length % RECORD_BYTES);
    this.#rest = bytes.subarray(end);
    const records: PadRecord[] = [];
    for (let at = 0; at < end; at += RECORD_BYTES) {
      const record = readRecord(bytes, at);
      if (record !== undefined) records.push(record);
    }
    return records;
  }
}

function readRecord(bytes: Buffer, at: number): PadRecord | undefined {
  const code = bytes.readUInt16LE(at + 18);
  const value = bytes.readInt32LE(at + 20);
  switch (bytes.readUInt16LE(at + 16)) {
    case FF_UPLOAD:
      return {
        is: 'upload',
        effect: code,
        strong: value >>> 16,
        weak: value & 0xffff,
        lengthMs: Number(bytes.readBigInt64LE(at)),
      };
    case FF_ERASE:
      return { is: 'erase', effect: code };
    case EV_FF:
      return { is: 'play', effect: code, times: value };
    case PLUGGED:
      return { is: 'plugged', number: value };
    default:
      return undefined;
  }
}
