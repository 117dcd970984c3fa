import type { InputEvent } from '@kilat/shared/input/events';
import { decodeInputPacket } from '@kilat/shared/input/packet';

/** One event of the stream with its number. */
export interface NumberedInput {
  seq: number;
  event: InputEvent;
}

/** What a packet brought: inputs not seen before, in order; a ping to answer; or nothing readable. */
export type Arrival =
  | { kind: 'inputs'; fresh: NumberedInput[] }
  | { kind: 'ping'; sentMs: number }
  | { kind: 'malformed' };

/**
 * The receiving end of one connection's `input` stream. Packets repeat what was not acknowledged, may be lost and may
 * overtake each other; each event comes out once and in order. Relative motions that arrive together become one, since
 * SDL loses motions of one burst.
 */
export class InputStream {
  #lastSeq = 0;

  /** Highest number taken in; everything up to it is acknowledged. */
  get ackSeq(): number {
    return this.#lastSeq;
  }

  arrive(bytes: Uint8Array): Arrival {
    const packet = decodeInputPacket(bytes);
    if (packet === undefined) return { kind: 'malformed' };
    if (packet.kind === 'ping') return packet;
    const fresh: NumberedInput[] = [];
    packet.events.forEach((event, index) => {
      const seq = packet.firstSeq + index;
      if (seq <= this.#lastSeq) return;
      this.#lastSeq = seq;
      if (event.type === 'superseded') return;
      const before = fresh.at(-1);
      if (event.type === 'motion' && before?.event.type === 'motion')
        fresh[fresh.length - 1] = merged(before.event, event, seq);
      else fresh.push({ seq, event });
    });
    return { kind: 'inputs', fresh };
  }
}

type Motion = Extract<InputEvent, { type: 'motion' }>;

function merged(a: Motion, b: Motion, seq: number): NumberedInput {
  const clamp = (value: number) => Math.max(-32_768, Math.min(32_767, value));
  return { seq, event: { type: 'motion', dx: clamp(a.dx + b.dx), dy: clamp(a.dy + b.dy) } };
}
