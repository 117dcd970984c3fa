/**
 * Player → edge on the `input` stream, at least 20 times a second while anything arrives: when each of the latest frames
 * had arrived whole, when each of the edge's probes came, and what was lost. Reports overlap, so that a lost one costs nothing.
 *
 * Layout, little-endian: `u8 kind (16), u8 frames, u8 probes, f64 sentMs, u32 packetsReceived, u32 packetsLost, u32 nacks,
 * u32 plis, f32 roundTripMs, frames × (u32 rtpTimestamp, u16 age), probes × (u16 id, u16 age)`; `age`: tenths of ms before
 * `sentMs`.
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
  /** The latest probes, oldest first. `arrivedMs`: handed to the page, on the player's clock. */
  probes: { id: number; arrivedMs: number }[];
}

const KIND = 16;
const HEADER_BYTES = 31;
const FRAME_BYTES = 6;
const PROBE_BYTES = 4;
/** Most frames, and most probes, that a report carries. */
export const MAX_REPORTED = 32;
const MAX_AGE_MS = 6_500;

/** Whether a packet of the `input` stream is an arrival report. */
export const isArrivalReport = (packet: Uint8Array): boolean => packet[0] === KIND;

/** What is older than 6.5 s is left out, and the oldest of more than `MAX_REPORTED`. */
export function encodeArrivalReport(report: ArrivalReport): Uint8Array<ArrayBuffer> {
  const latest = <T extends { arrivedMs: number }>(items: readonly T[]) =>
    items.filter(({ arrivedMs }) => report.sentMs - arrivedMs < MAX_AGE_MS).slice(-MAX_REPORTED);
  const [frames, probes] = [latest(report.frames), latest(report.probes)];
  const probesAt = HEADER_BYTES + FRAME_BYTES * frames.length;
  const view = new DataView(new ArrayBuffer(probesAt + PROBE_BYTES * probes.length));
  const age = (arrivedMs: number) => Math.max(0, Math.round((report.sentMs - arrivedMs) * 10));
  view.setUint8(0, KIND);
  view.setUint8(1, frames.length);
  view.setUint8(2, probes.length);
  view.setFloat64(3, report.sentMs, true);
  view.setUint32(11, report.packetsReceived, true);
  view.setUint32(15, report.packetsLost, true);
  view.setUint32(19, report.nacks, true);
  view.setUint32(23, report.plis, true);
  view.setFloat32(27, report.roundTripMs, true);
  frames.forEach(({ rtpTimestamp, arrivedMs }, index) => {
    const at = HEADER_BYTES + FRAME_BYTES * index;
    view.setUint32(at, rtpTimestamp, true);
    view.setUint16(at + 4, age(arrivedMs), true);
  });
  probes.forEach(({ id, arrivedMs }, index) => {
    const at = probesAt + PROBE_BYTES * index;
    view.setUint16(at, id, true);
    view.setUint16(at + 2, age(arrivedMs), true);
  });
  return new Uint8Array(view.buffer);
}

/** Decodes a report; undefined when it is malformed (the receiver counts and drops it). */
export function decodeArrivalReport(bytes: Uint8Array): ArrivalReport | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < HEADER_BYTES || view.getUint8(0) !== KIND) return undefined;
  const [frames, probes] = [view.getUint8(1), view.getUint8(2)];
  const probesAt = HEADER_BYTES + FRAME_BYTES * frames;
  if (Math.max(frames, probes) > MAX_REPORTED || view.byteLength !== probesAt + PROBE_BYTES * probes) return undefined;
  const sentMs = view.getFloat64(3, true);
  const roundTripMs = view.getFloat32(27, true);
  if (!Number.isFinite(sentMs) || !Number.isFinite(roundTripMs) || roundTripMs < 0) return undefined;
  const arrivedMs = (ageAt: number) => sentMs - view.getUint16(ageAt, true) / 10;
  return {
    sentMs,
    packetsReceived: view.getUint32(11, true),
    packetsLost: view.getUint32(15, true),
    nacks: view.getUint32(19, true),
    plis: view.getUint32(23, true),
    roundTripMs,
    frames: Array.from({ length: frames }, (_, index) => {
      const at = HEADER_BYTES + FRAME_BYTES * index;
      return { rtpTimestamp: view.getUint32(at, true), arrivedMs: arrivedMs(at + 4) };
    }),
    probes: Array.from({ length: probes }, (_, index) => {
      const at = probesAt + PROBE_BYTES * index;
      return { id: view.getUint16(at, true), arrivedMs: arrivedMs(at + 2) };
    }),
  };
}
