/**
 * Edge → player on the `report` stream (unordered, reliable).
 *
 * Layout, little-endian: `u8 kind`; kind 1 (pong): `f64 pingSentMs, f64 receivedMs, f64 sentMs`;
 * kind 2 (inputs): `u32 ackSeq, u8 count, count × (u32 seq, u32 rtpTimestamp, f64 receivedMs, 6 × f32)`, the six being
 * milliseconds after `receivedMs`: injected, damaged, captured, converted, encoded, sent; kind 3 (probe): `u16 id`.
 */
export type EdgeReport =
  | { kind: 'pong'; pingSentMs: number; receivedMs: number; sentMs: number }
  | { kind: 'inputs'; ackSeq: number; answered: AnsweredInput[] }
  | DelayProbe;

/** Passes the bottleneck between two frames; the player reports when it came. `id`: 0–65535, wraps. */
export interface DelayProbe {
  kind: 'probe';
  id: number;
}

/** One input and the first frame captured, because of damage, after it was injected. Times in ms on the edge's clock. */
export interface AnsweredInput {
  seq: number;
  /** RTP timestamp of that frame. */
  rtpTimestamp: number;
  receivedMs: number;
  injectedMs: number;
  damagedMs: number;
  capturedMs: number;
  convertedMs: number;
  encodedMs: number;
  sentMs: number;
}

const PONG = 1;
const INPUTS = 2;
const PROBE = 3;
const ANSWER_BYTES = 4 + 4 + 8 + 6 * 4;
export const MAX_ANSWERS_PER_REPORT = 24;

export function encodeReport(report: EdgeReport): Uint8Array<ArrayBuffer> {
  if (report.kind === 'pong') {
    const view = new DataView(new ArrayBuffer(25));
    view.setUint8(0, PONG);
    view.setFloat64(1, report.pingSentMs, true);
    view.setFloat64(9, report.receivedMs, true);
    view.setFloat64(17, report.sentMs, true);
    return new Uint8Array(view.buffer);
  }
  if (report.kind === 'probe') {
    const view = new DataView(new ArrayBuffer(3));
    view.setUint8(0, PROBE);
    view.setUint16(1, report.id, true);
    return new Uint8Array(view.buffer);
  }
  const view = new DataView(new ArrayBuffer(6 + ANSWER_BYTES * report.answered.length));
  view.setUint8(0, INPUTS);
  view.setUint32(1, report.ackSeq, true);
  view.setUint8(5, report.answered.length);
  report.answered.forEach((input, index) => {
    const at = 6 + ANSWER_BYTES * index;
    view.setUint32(at, input.seq, true);
    view.setUint32(at + 4, input.rtpTimestamp, true);
    view.setFloat64(at + 8, input.receivedMs, true);
    const { injectedMs, damagedMs, capturedMs, convertedMs, encodedMs, sentMs } = input;
    [injectedMs, damagedMs, capturedMs, convertedMs, encodedMs, sentMs].forEach((time, step) =>
      view.setFloat32(at + 16 + 4 * step, time - input.receivedMs, true),
    );
  });
  return new Uint8Array(view.buffer);
}

/** Decodes a report; undefined when it is malformed. */
export function decodeReport(bytes: Uint8Array): EdgeReport | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength === 25 && view.getUint8(0) === PONG) {
    return {
      kind: 'pong',
      pingSentMs: view.getFloat64(1, true),
      receivedMs: view.getFloat64(9, true),
      sentMs: view.getFloat64(17, true),
    };
  }
  if (view.byteLength === 3 && view.getUint8(0) === PROBE) return { kind: 'probe', id: view.getUint16(1, true) };
  if (view.byteLength < 6 || view.getUint8(0) !== INPUTS) return undefined;
  const count = view.getUint8(5);
  if (view.byteLength !== 6 + ANSWER_BYTES * count) return undefined;
  const answered = Array.from({ length: count }, (_, index): AnsweredInput => {
    const at = 6 + ANSWER_BYTES * index;
    const receivedMs = view.getFloat64(at + 8, true);
    const time = (step: number) => receivedMs + view.getFloat32(at + 16 + 4 * step, true);
    return {
      seq: view.getUint32(at, true),
      rtpTimestamp: view.getUint32(at + 4, true),
      receivedMs,
      injectedMs: time(0),
      damagedMs: time(1),
      capturedMs: time(2),
      convertedMs: time(3),
      encodedMs: time(4),
      sentMs: time(5),
    };
  });
  return { kind: 'inputs', ackSeq: view.getUint32(1, true), answered };
}
