import type { InputEvent } from '@kilat/shared/input/events';
import { type InputPacket, MAX_EVENTS_PER_PACKET } from '@kilat/shared/input/packet';

/** More unacknowledged events than this mean a dead connection; what comes then is refused, as the edge lets go of everything anyway. */
export const MAX_WAITING_EVENTS = 1_024;

type GamepadEvent = Extract<InputEvent, { type: 'gamepad' }>;

/** The events of one connection that the edge has not acknowledged, oldest first, numbered from 1. */
export class Outbox {
  #firstSeq = 1;
  #events: InputEvent[] = [];

  /** Number given to the event; undefined when too many wait. */
  add(event: InputEvent): number | undefined {
    if (event.type === 'gamepad') this.#supersede(event);
    if (this.#events.length >= MAX_WAITING_EVENTS) return undefined;
    this.#events.push(event);
    return this.#firstSeq + this.#events.length - 1;
  }

  /** The packet to send now: every waiting event, or the oldest ones where they do not fit; undefined when none waits. */
  packet(): Extract<InputPacket, { kind: 'input' }> | undefined {
    if (this.#events.length === 0) return undefined;
    return { kind: 'input', firstSeq: this.#firstSeq, events: this.#events.slice(0, MAX_EVENTS_PER_PACKET) };
  }

  /** The edge has everything up to `seq`. A number never given out, or an older one (reports overtake each other), changes nothing. */
  acknowledge(seq: number): void {
    const count = seq - this.#firstSeq + 1;
    if (count <= 0 || count > this.#events.length) return;
    this.#events = this.#events.slice(count);
    this.#firstSeq = seq + 1;
  }

  get waiting(): number {
    return this.#events.length;
  }

  /**
   * A pad's state that waits and differs from the next one only in sticks and triggers need not be repeated: the newest
   * counts. One with other buttons stays, or a short press could be lost.
   */
  #supersede(next: GamepadEvent): void {
    const place = this.#events.findLastIndex((event) => 'pad' in event && event.pad === next.pad);
    const last = this.#events[place];
    if (last?.type !== 'gamepad' || last.state.buttons !== next.state.buttons) return;
    this.#events[place] = { type: 'superseded' };
    // At the head nothing is left to keep a place for.
    const kept = this.#events.findIndex(({ type }) => type !== 'superseded');
    const count = kept === -1 ? this.#events.length : kept;
    this.#events.splice(0, count);
    this.#firstSeq += count;
  }
}
