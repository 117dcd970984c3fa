/**
 * What the latency probe title paints on each input, so that the frame itself says which input it answers: the count of
 * inputs so far and a hash of the keys they were. The keys, drawn at random by whoever measures, are the nonce: a frame
 * that shows them cannot have been made before they arrived.
 *
 * Picture: 8 × 6 square cells of 24 px from (64, 64), black or white, bit 0 first, row by row: 16 bits number,
 * 16 bits hash, 8 bits CRC-8 of those four bytes, 8 bits fixed 10101100. Beside it a 120 × 144 px flip patch at
 * (280, 64): white after an odd number of inputs, black after an even one; any product's picture can be sampled there.
 */
export const PROBE_CODE = { x: 64, y: 64, cell: 24, columns: 8, rows: 6 } as const;
export const PROBE_FLIP = { x: 280, y: 64, width: 120, height: 144 } as const;
const MARKER = 0b10101100;

export interface ProbeState {
  /** Inputs (key and button presses) so far, modulo 2^16. */
  number: number;
  /** Rolling hash of their codes. */
  hash: number;
}

export const PROBE_START: ProbeState = { number: 0, hash: 0 };

/** State after one more press; `code` is the Linux key code, or 0x110 + `MouseEvent.button` for a button. */
export function nextProbeState(state: ProbeState, code: number): ProbeState {
  return { number: (state.number + 1) & 0xffff, hash: (state.hash * 31 + code) & 0xffff };
}

/** The 48 cells, true for white. */
export function probeCells({ number, hash }: ProbeState): boolean[] {
  const bytes = [number & 255, number >> 8, hash & 255, hash >> 8];
  return [...bytes, crc8(bytes), MARKER].flatMap((byte) =>
    Array.from({ length: 8 }, (_, bit) => ((byte >> bit) & 1) === 1),
  );
}

/** Reads cells back; undefined when marker or checksum is wrong (no probe picture, or a torn one). */
export function readProbeCells(cells: readonly boolean[]): ProbeState | undefined {
  const bytes = Array.from({ length: 6 }, (_, byte) =>
    cells.slice(byte * 8, byte * 8 + 8).reduce((sum, white, bit) => sum | (white ? 1 << bit : 0), 0),
  );
  const [low = 0, high = 0, hashLow = 0, hashHigh = 0, check, marker] = bytes;
  if (marker !== MARKER || check !== crc8([low, high, hashLow, hashHigh])) return undefined;
  return { number: low | (high << 8), hash: hashLow | (hashHigh << 8) };
}

/** CRC-8/SMBUS (polynomial 0x07). */
function crc8(bytes: readonly number[]): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ 0x07) & 0xff : (crc << 1) & 0xff;
  }
  return crc;
}
