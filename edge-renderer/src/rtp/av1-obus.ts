/** Types of open bitstream units (AV1 bitstream specification, section 6.2.2). */
export const OBU_SEQUENCE_HEADER = 1;
export const OBU_TEMPORAL_DELIMITER = 2;
export const OBU_TILE_LIST = 8;
export const OBU_PADDING = 15;

const HAS_EXTENSION = 0x04;
const HAS_SIZE = 0x02;

/** One open bitstream unit: `header` of one or two bytes, which says that no size follows, and what it is about. */
export interface Obu {
  type: number;
  header: Buffer;
  payload: Buffer;
}

/** The units of a temporal unit in the low-overhead format (section 5.2), as encoders write it; throws where it is cut off. */
export function* obus(temporalUnit: Buffer): Generator<Obu> {
  for (let at = 0; at < temporalUnit.length; ) {
    const first = temporalUnit[at] as number;
    const headerBytes = first & HAS_EXTENSION ? 2 : 1;
    const header = Buffer.from(temporalUnit.subarray(at, at + headerBytes));
    header[0] = first & ~HAS_SIZE;
    at += headerBytes;
    const size = first & HAS_SIZE ? readLeb128(temporalUnit, at) : { value: temporalUnit.length - at, bytes: 0 };
    at += size.bytes;
    if (at + size.value > temporalUnit.length)
      throw new RangeError('an AV1 temporal unit ends in the middle of a unit');
    yield { type: (first >> 3) & 15, header, payload: temporalUnit.subarray(at, at + size.value) };
    at += size.value;
  }
}

/** An unsigned integer of up to 32 bits in the little-endian base-128 of section 4.10.5. */
export function readLeb128(from: Buffer, at: number): { value: number; bytes: number } {
  let value = 0;
  for (let bytes = 0; bytes < 5; bytes++) {
    const byte = from[at + bytes];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * bytes);
    if (byte < 0x80) return { value, bytes: bytes + 1 };
  }
  throw new RangeError('an AV1 size is cut off');
}

/** Writes `value` below 2^14 and returns how many bytes that took. */
export function writeLeb128(into: Buffer, at: number, value: number): 1 | 2 {
  if (value < 0x80) {
    into[at] = value;
    return 1;
  }
  into[at] = (value & 0x7f) | 0x80;
  into[at + 1] = value >> 7;
  return 2;
}
