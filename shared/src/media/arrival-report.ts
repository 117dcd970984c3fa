/**
 * Player → edge on the `input` stream, at least 20 times a second while frames arrive: when each of the latest frames had
 * arrived whole, and what was lost. Reports overlap, so that a lost one costs nothing.
 *
 * Layout, little-endian: `u8 kind (16), u8 count, f64 sentMs, u32 packetsReceived, u32 packetsLost, u32 nacks, u32 plis,
 * f32 roundTripMs, count × (u32 rtpTimestamp, u16 age)`; `age`: tenths of ms before `sentMs`.
 */
export interface ArrivalReport {
  /** On the player's clock, ms. */
  sentMs: number;
  /** Video packets since the connection began, as the browser counts them. */
  packetsReceived: number;
  packetsLost: number;
  /** NACKs and PLIs the browser sent. */
  nacks: number;
  plis: number;
  /** Of the data channel; 0 when not known yet. */
  roundTripMs: number;
  /** The latest frames, oldest first. `arrivedMs`: last packet, on the player's clock. */
  frames: { rtpTimestamp: number; arrivedMs: number }[];
}

const KIND = 16;
const HEADER_BYTES = 30;
const FRAME_BYTES = 6;
/** Most frames a report carries. */
export const MAX_REPORTED_FRAMES = 32;
const MAX_AGE_MS = 6_500;

/** Whether a packet of the `input` stream is an arrival report. */
export const isArrivalReport = (packet: Uint8Array): boolean => packet[0] === KIND;

/** Frames older than 6.5 s and more than `MAX_REPORTED_FRAMES` are left out, the oldest first. */
export function encodeArrivalReport(report: ArrivalReport): Uint8Array<ArrayBuffer> {
  const frames = report.frames
    .filter(({ arrivedMs }) => report.sentMs - arrivedMs < MAX_AGE_MS)
    .slice(-MAX_REPORTED_FRAMES);
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + FRAME_BYTES * frames.length));
  view.setUint8(0, KIND);
  view.setUint8(1, frames.length);
  view.setFloat64(2, report.sentMs, true);
  view.setUint32(10, report.packetsReceived, true);
  view.setUint32(14, report.packetsLost, true);
  view.setUint32(18, report.nacks, true);
  view.setUint32(22, report.plis, true);
  view.setFloat32(26, report.roundTripMs, true);
  frames.forEach(({ rtpTimestamp, arrivedMs }, index) => {
    const at = HEADER_BYTES + FRAME_BYTES * index;
    view.setUint32(at, rtpTimestamp, true);
    view.setUint16(at + 4, Math.max(0, Math.round((report.sentMs - arrivedMs) * 10)), true);
  });
  return new Uint8Array(view.buffer);
}

/** Decodes a report; undefined when it is malformed (the receiver counts and drops it). */
export function decodeArrivalReport(bytes: Uint8Array): ArrivalReport | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < HEADER_BYTES || view.getUint8(0) !== KIND) return undefined;
  const count = view.getUint8(1);
  if (count > MAX_REPORTED_FRAMES || view.byteLength !== HEADER_BYTES + FRAME_BYTES * count) return undefined;
  const sentMs = view.getFloat64(2, true);
  const roundTripMs = view.getFloat32(26, true);
  if (!Number.isFinite(sentMs) || !Number.isFinite(roundTripMs) || roundTripMs < 0) return undefined;
  return {
    sentMs,
    packetsReceived: view.getUint32(10, true),
    packetsLost: view.getUint32(14, true),
    nacks: view.getUint32(18, true),
    plis: view.getUint32(22, true),
    roundTripMs,
    frames: Array.from({ length: count }, (_, index) => {
      const at = HEADER_BYTES + FRAME_BYTES * index;
      return {
        rtpTimestamp: view.getUint32(at, true),
        arrivedMs: sentMs - view.getUint16(at + 4, true) / 10,
      };
    }),
  };
}
