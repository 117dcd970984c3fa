import { MAX_PAYLOAD_BYTES, type RtpStream } from './rtp-packet.ts';

const NAL_SEI = 6;
const NAL_SPS = 7;
const NAL_PPS = 8;
const NAL_DELIMITER = 9;
const STAP_A = 24;
const FU_A = 28;

const typeOf = (nal: Buffer): number => (nal[0] ?? 0) & 31;

/** Packets of one access unit (RFC 6184, non-interleaved): parameter sets in one STAP-A, large slices as FU-A. */
export function* h264Packets(stream: RtpStream, accessUnit: Buffer, timestamp: number): Generator<Buffer> {
  const nals = [...nalUnits(accessUnit)].filter((nal) => typeOf(nal) !== NAL_SEI && typeOf(nal) !== NAL_DELIMITER);
  const isParameterSet = (nal: Buffer) => typeOf(nal) === NAL_SPS || typeOf(nal) === NAL_PPS;
  const parameterSets = nals.filter(isParameterSet);
  if (parameterSets.length > 0) yield aggregate(stream, parameterSets, timestamp);
  const slices = nals.filter((nal) => !isParameterSet(nal));
  for (const [index, slice] of slices.entries()) {
    const last = index === slices.length - 1;
    if (slice.length > MAX_PAYLOAD_BYTES) {
      yield* fragments(stream, slice, timestamp, last);
      continue;
    }
    const { packet, payload } = stream.packet(timestamp, last, slice.length);
    slice.copy(payload);
    yield packet;
  }
}

/** The NAL units of an Annex B byte stream, without start codes. */
export function* nalUnits(accessUnit: Buffer): Generator<Buffer> {
  let begin = -1;
  for (let at = accessUnit.indexOf(startCode); at >= 0; at = accessUnit.indexOf(startCode, at + 3)) {
    if (begin >= 0) yield accessUnit.subarray(begin, accessUnit[at - 1] === 0 ? at - 1 : at);
    begin = at + 3;
  }
  if (begin >= 0) yield accessUnit.subarray(begin);
}
const startCode = Buffer.from([0, 0, 1]);

function aggregate(stream: RtpStream, nals: Buffer[], timestamp: number): Buffer {
  const bytes = nals.reduce((sum, nal) => sum + 2 + nal.length, 1);
  const { packet, payload } = stream.packet(timestamp, false, bytes);
  payload[0] = 0x60 | STAP_A;
  let at = 1;
  for (const nal of nals) {
    payload.writeUInt16BE(nal.length, at);
    nal.copy(payload, at + 2);
    at += 2 + nal.length;
  }
  return packet;
}

function* fragments(stream: RtpStream, nal: Buffer, timestamp: number, lastOfFrame: boolean): Generator<Buffer> {
  const header = nal[0] ?? 0;
  const room = MAX_PAYLOAD_BYTES - 2;
  for (let at = 1; at < nal.length; at += room) {
    const chunk = nal.subarray(at, at + room);
    const end = at + room >= nal.length;
    const { packet, payload } = stream.packet(timestamp, lastOfFrame && end, chunk.length + 2);
    payload[0] = (header & 0xe0) | FU_A;
    payload[1] = (at === 1 ? 0x80 : 0) | (end ? 0x40 : 0) | (header & 31);
    chunk.copy(payload, 2);
    yield packet;
  }
}
