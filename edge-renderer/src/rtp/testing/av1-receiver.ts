import { readLeb128 } from '../av1-obus.ts';

const HEADER_BYTES = 12;

/** What a receiver reads of one packet: its header extension's elements by id, and its payload (RFC 3550, RFC 8285). */
export function readPacket(packet: Buffer): { marker: boolean; extensions: Map<number, Buffer>; payload: Buffer } {
  const payloadAt = HEADER_BYTES + 4 + 4 * packet.readUInt16BE(HEADER_BYTES + 2);
  const block = packet.subarray(HEADER_BYTES + 4, payloadAt);
  const extensions = new Map<number, Buffer>();
  for (let at = 0; at < block.length; ) {
    const first = block[at] as number;
    const bytes = (first & 15) + 1;
    if (first !== 0) extensions.set(first >> 4, block.subarray(at + 1, at + 1 + bytes));
    at += first === 0 ? 1 : 1 + bytes;
  }
  return { marker: ((packet[1] as number) & 0x80) !== 0, extensions, payload: packet.subarray(payloadAt) };
}

/**
 * Puts the packets of one frame back together (AV1 RTP specification, section 4.4), with a size in each unit as decoders want
 * it; throws where header and content do not fit.
 */
export function depacketiseAv1(packets: readonly Buffer[]): Buffer {
  const units: Buffer[] = [];
  let open: Buffer[] = [];
  for (const { payload } of packets.map(readPacket)) {
    const header = payload[0] as number;
    if (((header & 0x80) !== 0) !== open.length > 0)
      throw new Error('a piece continues nothing, or its beginning is lost');
    const elements = elementsOf(payload, (header >> 4) & 3);
    for (const [index, element] of elements.entries()) {
      open.push(element);
      if (index === elements.length - 1 && header & 0x40) continue;
      units.push(Buffer.concat(open));
      open = [];
    }
  }
  if (open.length > 0) throw new Error('the last unit does not end');
  return Buffer.concat(units.flatMap(withSize));
}

/** `count`: 0 where each element has its size, else how many there are, the last one without. */
function elementsOf(payload: Buffer, count: number): Buffer[] {
  const elements: Buffer[] = [];
  for (let at = 1; at < payload.length; ) {
    const isLast = count > 0 && elements.length === count - 1;
    const size = isLast ? { value: payload.length - at, bytes: 0 } : readLeb128(payload, at);
    at += size.bytes;
    elements.push(payload.subarray(at, at + size.value));
    at += size.value;
  }
  if (count > 0 && count !== elements.length) throw new Error(`${elements.length} elements, not ${count}`);
  return elements;
}

function withSize(unit: Buffer): Buffer[] {
  const [header, payload] = [Buffer.from(unit.subarray(0, 1)), unit.subarray(1)];
  header[0] = (header[0] as number) | 2;
  const { length } = payload;
  return [header, Buffer.from([(length & 127) | 128, ((length >> 7) & 127) | 128, length >> 14]), payload];
}
