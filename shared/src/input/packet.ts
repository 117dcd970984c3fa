import type { InputEvent } from './events.ts';
import { MAX_PADS, PAD_BUTTONS, type PadState } from './gamepad.ts';

/**
 * Player → edge on the `input` stream. Each input packet repeats every event the edge has not acknowledged, so a lost
 * packet costs nothing and no event waits behind another (as QuakeWorld's user commands do).
 *
 * Layout, little-endian: `u8 kind`; kind 1 (input): `u8 count, u32 firstSeq, count × event`; kind 2 (ping): `f64 sentMs`
 * on the player's clock. An event is `u8 kind, u16 a, u16 b`, except: gamepad (9) `u8 kind, u8 pad, u16 buttons,
 * u8 leftTrigger, u8 rightTrigger, i16 leftX, i16 leftY, i16 rightX, i16 rightY`; touch-start (11) and touch-move (12)
 * `u8 kind, u8 finger, u16 x, u16 y`; superseded (14) `u8 kind` alone.
 */
export type InputPacket = { kind: 'input'; firstSeq: number; events: InputEvent[] } | { kind: 'ping'; sentMs: number };

const INPUT = 1;
const PING = 2;
const HEADER_BYTES = 6;
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
const GAMEPAD = 9;
const GAMEPAD_UNPLUGGED = 10;
const TOUCH_START = 11;
const TOUCH_MOVE = 12;
const TOUCH_END = 13;
const SUPERSEDED = 14;

/** Length of an event of each kind, that byte included. */
const EVENT_BYTES: Readonly<Record<number, number>> = {
  [KEY_DOWN]: 5,
  [KEY_UP]: 5,
  [BUTTON_DOWN]: 5,
  [BUTTON_UP]: 5,
  [POINTER]: 5,
  [MOTION]: 5,
  [WHEEL]: 5,
  [RELEASE_ALL]: 5,
  [GAMEPAD]: 14,
  [GAMEPAD_UNPLUGGED]: 5,
  [TOUCH_START]: 6,
  [TOUCH_MOVE]: 6,
  [TOUCH_END]: 5,
  [SUPERSEDED]: 1,
};
const MOST_EVENT_BYTES = 14;

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
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + MOST_EVENT_BYTES * events.length));
  view.setUint8(0, INPUT);
  view.setUint8(1, events.length);
  view.setUint32(2, firstSeq, true);
  let end = HEADER_BYTES;
  for (const event of events) end += writeEvent(view, end, event);
  return new Uint8Array(view.buffer, 0, end);
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
  if (count === 0 || count > MAX_EVENTS_PER_PACKET) return undefined;
  const firstSeq = view.getUint32(2, true);
  if (firstSeq === 0) return undefined;
  const events: InputEvent[] = [];
  let at = HEADER_BYTES;
  for (let index = 0; index < count; index++) {
    const bytes = at < view.byteLength ? EVENT_BYTES[view.getUint8(at)] : undefined;
    if (bytes === undefined || at + bytes > view.byteLength) return undefined;
    const event = readEvent(view, at);
    if (event === undefined) return undefined;
    events.push(event);
    at += bytes;
  }
  return at === view.byteLength ? { kind: 'input', firstSeq, events } : undefined;
}

/** Writes an event and returns its length. */
function writeEvent(view: DataView, at: number, event: InputEvent): number {
  const put = (kind: number, a = 0, b = 0) => {
    view.setUint8(at, kind);
    view.setUint16(at + 1, a & 0xffff, true);
    view.setUint16(at + 3, b & 0xffff, true);
    return 5;
  };
  const putTouch = (kind: number, { finger, x, y }: { finger: number; x: number; y: number }) => {
    view.setUint8(at, kind);
    view.setUint8(at + 1, finger);
    view.setUint16(at + 2, x, true);
    view.setUint16(at + 4, y, true);
    return 6;
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
    case 'gamepad':
      view.setUint8(at, GAMEPAD);
      view.setUint8(at + 1, event.pad);
      writePadState(view, at + 2, event.state);
      return 14;
    case 'gamepad-unplugged':
      return put(GAMEPAD_UNPLUGGED, event.pad);
    case 'touch-start':
      return putTouch(TOUCH_START, event);
    case 'touch-move':
      return putTouch(TOUCH_MOVE, event);
    case 'touch-end':
      return put(TOUCH_END, event.finger);
    case 'superseded':
      view.setUint8(at, SUPERSEDED);
      return 1;
  }
}

function writePadState(view: DataView, at: number, state: PadState): void {
  view.setUint16(at, state.buttons, true);
  view.setUint8(at + 2, state.leftTrigger);
  view.setUint8(at + 3, state.rightTrigger);
  view.setInt16(at + 4, state.leftX, true);
  view.setInt16(at + 6, state.leftY, true);
  view.setInt16(at + 8, state.rightX, true);
  view.setInt16(at + 10, state.rightY, true);
}

/** Reads one event of which all bytes are there; undefined when it makes no sense. */
function readEvent(view: DataView, at: number): InputEvent | undefined {
  const u16 = (offset: number) => view.getUint16(at + offset, true);
  const signed = () => ({ dx: view.getInt16(at + 1, true), dy: view.getInt16(at + 3, true) });
  const key = () => (u16(1) > 0 && u16(1) < 248 ? { key: u16(1) } : undefined);
  const button = () => (u16(1) < 5 ? { button: u16(1) } : undefined);
  const touch = () => ({ finger: view.getUint8(at + 1), x: u16(2), y: u16(4) });
  switch (view.getUint8(at)) {
    case KEY_DOWN:
      return withType('key-down', key());
    case KEY_UP:
      return withType('key-up', key());
    case BUTTON_DOWN:
      return withType('button-down', button());
    case BUTTON_UP:
      return withType('button-up', button());
    case POINTER:
      return { type: 'pointer', x: u16(1), y: u16(3) };
    case MOTION:
      return { type: 'motion', ...signed() };
    case WHEEL:
      return { type: 'wheel', ...signed() };
    case RELEASE_ALL:
      return { type: 'release-all' };
    case GAMEPAD: {
      const [pad, state] = [view.getUint8(at + 1), readPadState(view, at + 2)];
      return pad < MAX_PADS && state !== undefined ? { type: 'gamepad', pad, state } : undefined;
    }
    case GAMEPAD_UNPLUGGED:
      return u16(1) < MAX_PADS ? { type: 'gamepad-unplugged', pad: u16(1) } : undefined;
    case TOUCH_START:
      return { type: 'touch-start', ...touch() };
    case TOUCH_MOVE:
      return { type: 'touch-move', ...touch() };
    case TOUCH_END:
      return u16(1) < 256 ? { type: 'touch-end', finger: u16(1) } : undefined;
    case SUPERSEDED:
      return { type: 'superseded' };
    default:
      return undefined;
  }
}

function withType<Type extends string, Rest extends object>(type: Type, rest: Rest | undefined) {
  return rest && { type, ...rest };
}

function readPadState(view: DataView, at: number): PadState | undefined {
  const buttons = view.getUint16(at, true);
  if (buttons >> PAD_BUTTONS.length !== 0) return undefined;
  return {
    buttons,
    leftTrigger: view.getUint8(at + 2),
    rightTrigger: view.getUint8(at + 3),
    leftX: view.getInt16(at + 4, true),
    leftY: view.getInt16(at + 6, true),
    rightX: view.getInt16(at + 8, true),
    rightY: view.getInt16(at + 10, true),
  };
}
