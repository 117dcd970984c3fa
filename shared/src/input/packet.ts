import type { InputEvent } from './events.ts';

/**
 * Player → edge on the `input` stream. Each input packet repeats every event the edge has not acknowledged, so a lost
 * packet costs nothing and no event waits behind another (as QuakeWorld's user commands do).
 *
 * Layout, little-endian: `u8 kind`; kind 1 (input): `u8 count, u32 firstSeq, count × (u8 event, u16 a, u16 b)`;
 * kind 2 (ping): `f64 sentMs` on the player's clock.
 */
export type InputPacket = { kind: 'input'; firstSeq: number; events: InputEvent[] } | { kind: 'ping'; sentMs: number };

const INPUT = 1;
const PING = 2;
const HEADER_BYTES = 6;
const EVENT_BYTES = 5;
/** Most events one packet carries. */
export const MAX_EVENTS_PER_PACKET = 128;

const KEY_DOWN = 1;
const KEY_UP = 2;
const BUTTON_DOWN = 3;
const BUTTON_UP = 4;
const POINTER = 5;
const MOTION = 6;
const WHEEL = 7;
const RELEASE_ALL = 8;

/** Encodes at most `MAX_EVENTS_PER_PACKET` events. */
export function encodeInputPacket(packet: InputPacket): Uint8Array<ArrayBuffer> {
  if (packet.kind === 'ping') {
    const view = new DataView(new ArrayBuffer(9));
    view.setUint8(0, PING);
    view.setFloat64(1, packet.sentMs, true);
    return new Uint8Array(view.buffer);
  }
  const { firstSeq, events } = packet;
  if (events.length > MAX_EVENTS_PER_PACKET) throw new RangeError(`${events.length} events do not fit one packet`);
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + EVENT_BYTES * events.length));
  view.setUint8(0, INPUT);
  view.setUint8(1, events.length);
  view.setUint32(2, firstSeq, true);
  events.forEach((event, index) => writeEvent(view, HEADER_BYTES + EVENT_BYTES * index, event));
  return new Uint8Array(view.buffer);
}

/** Decodes a packet; undefined when it is malformed (the receiver counts and drops it). */
export function decodeInputPacket(bytes: Uint8Array): InputPacket | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength === 9 && view.getUint8(0) === PING) {
    const sentMs = view.getFloat64(1, true);
    return Number.isFinite(sentMs) ? { kind: 'ping', sentMs } : undefined;
  }
  if (view.byteLength < HEADER_BYTES || view.getUint8(0) !== INPUT) return undefined;
  const count = view.getUint8(1);
  if (count === 0 || count > MAX_EVENTS_PER_PACKET || view.byteLength !== HEADER_BYTES + EVENT_BYTES * count)
    return undefined;
  const firstSeq = view.getUint32(2, true);
  if (firstSeq === 0) return undefined;
  const events: InputEvent[] = [];
  for (let index = 0; index < count; index++) {
    const event = readEvent(view, HEADER_BYTES + EVENT_BYTES * index);
    if (event === undefined) return undefined;
    events.push(event);
  }
  return { kind: 'input', firstSeq, events };
}

function writeEvent(view: DataView, at: number, event: InputEvent): void {
  const put = (kind: number, a = 0, b = 0) => {
    view.setUint8(at, kind);
    view.setUint16(at + 1, a & 0xffff, true);
    view.setUint16(at + 3, b & 0xffff, true);
  };
  switch (event.type) {
    case 'key-down':
      return put(KEY_DOWN, event.key);
    case 'key-up':
      return put(KEY_UP, event.key);
    case 'button-down':
      return put(BUTTON_DOWN, event.button);
    case 'button-up':
      return put(BUTTON_UP, event.button);
    case 'pointer':
      return put(POINTER, event.x, event.y);
    case 'motion':
      return put(MOTION, event.dx, event.dy);
    case 'wheel':
      return put(WHEEL, event.dx, event.dy);
    case 'release-all':
      return put(RELEASE_ALL);
  }
}

function readEvent(view: DataView, at: number): InputEvent | undefined {
  const a = view.getUint16(at + 1, true);
  const b = view.getUint16(at + 3, true);
  const signed = () => ({ dx: view.getInt16(at + 1, true), dy: view.getInt16(at + 3, true) });
  switch (view.getUint8(at)) {
    case KEY_DOWN:
      return a > 0 && a < 248 ? { type: 'key-down', key: a } : undefined;
    case KEY_UP:
      return a > 0 && a < 248 ? { type: 'key-up', key: a } : undefined;
    case BUTTON_DOWN:
      return a < 5 ? { type: 'button-down', button: a } : undefined;
    case BUTTON_UP:
      return a < 5 ? { type: 'button-up', button: a } : undefined;
    case POINTER:
      return { type: 'pointer', x: a, y: b };
    case MOTION:
      return { type: 'motion', ...signed() };
    case WHEEL:
      return { type: 'wheel', ...signed() };
    case RELEASE_ALL:
      return { type: 'release-all' };
    default:
      return undefined;
  }
}
