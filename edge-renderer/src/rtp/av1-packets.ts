import {
  OBU_PADDING,
  OBU_SEQUENCE_HEADER,
  OBU_TEMPORAL_DELIMITER,
  OBU_TILE_LIST,
  obus,
  writeLeb128,
} from './av1-obus.ts';
import { dependencyDescriptor } from './dependency-descriptor.ts';
import { MAX_PAYLOAD_BYTES, type RtpStream } from './rtp-packet.ts';

/** The aggregation header's bits (AV1 RTP specification, section 4.4). */
const CONTINUES = 0x80;
const IS_CONTINUED = 0x40;
const COUNT_SHIFT = 4;
const NEW_SEQUENCE = 0x08;
/** Up to so many elements the header counts; the last of them goes without its size. */
const MOST_COUNTED = 3;
const HEADER_BYTES = 1;
/** What the size of an element takes at most. */
const SIZE_BYTES = 2;

/** Of each packet the elements it carries, whole units or pieces of one. */
interface Payload {
  elements: Buffer[];
  continues: boolean;
  isContinued: boolean;
}

/** RTP packets of AV1 temporal units: units without delimiters and sizes, the large ones in pieces. */
export class Av1Packetiser {
  readonly #stream: RtpStream;
  #frame = 0;

  constructor(stream: RtpStream) {
    this.#stream = stream;
  }

  /** The packets of one temporal unit in the low-overhead format. */
  *packets(temporalUnit: Buffer, timestamp: number): Generator<Buffer> {
    const units = [...obus(temporalUnit)].filter(({ type }) => !NOT_SENT.has(type));
    const keyFrame = units.some(({ type }) => type === OBU_SEQUENCE_HEADER);
    const payloads = shareOut(units.map(({ header, payload }) => Buffer.concat([header, payload])));
    for (const [index, payload] of payloads.entries()) {
      const [first, last] = [index === 0, index === payloads.length - 1];
      const descriptor = dependencyDescriptor(this.#frame, { first, last, keyFrame });
      const { packet, payload: room } = this.#stream.packet(timestamp, last, bytesOf(payload), descriptor);
      write(room, payload, first && keyFrame);
      yield packet;
    }
    this.#frame += 1;
  }
}

const NOT_SENT = new Set([OBU_TEMPORAL_DELIMITER, OBU_TILE_LIST, OBU_PADDING]);

function shareOut(units: readonly Buffer[]): Payload[] {
  const payloads: Payload[] = [];
  let open: Payload = { elements: [], continues: false, isContinued: false };
  let room = MAX_PAYLOAD_BYTES - HEADER_BYTES;
  const next = (continues: boolean) => {
    open.isContinued = continues;
    payloads.push(open);
    open = { elements: [], continues, isContinued: false };
    room = MAX_PAYLOAD_BYTES - HEADER_BYTES;
  };
  for (const unit of units) {
    let rest = unit;
    while (rest.length + SIZE_BYTES > room) {
      const bytes = room - SIZE_BYTES;
      if (bytes > 0) {
        open.elements.push(rest.subarray(0, bytes));
        rest = rest.subarray(bytes);
      }
      next(bytes > 0);
    }
    open.elements.push(rest);
    room -= rest.length + SIZE_BYTES;
  }
  if (open.elements.length > 0) payloads.push(open);
  return payloads;
}

const withoutSize = ({ elements }: Payload): number => (elements.length <= MOST_COUNTED ? elements.length - 1 : -1);

function bytesOf(payload: Payload): number {
  const unsized = withoutSize(payload);
  return payload.elements.reduce(
    (sum, { length }, index) => sum + length + (index === unsized ? 0 : length < 0x80 ? 1 : 2),
    HEADER_BYTES,
  );
}

function write(room: Buffer, payload: Payload, newSequence: boolean): void {
  const unsized = withoutSize(payload);
  const count = unsized < 0 ? 0 : payload.elements.length;
  room[0] =
    (payload.continues ? CONTINUES : 0) |
    (payload.isContinued ? IS_CONTINUED : 0) |
    (count << COUNT_SHIFT) |
    (newSequence ? NEW_SEQUENCE : 0);
  let at = HEADER_BYTES;
  for (const [index, element] of payload.elements.entries()) {
    if (index !== unsized) at += writeLeb128(room, at, element.length);
    at += element.copy(room, at);
  }
}
