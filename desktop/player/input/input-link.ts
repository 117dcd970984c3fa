import type { InputEvent } from '@kilat/shared/input/events';
import { encodeInputPacket } from '@kilat/shared/input/packet';
import { Outbox } from './outbox.ts';

/**
 * Unacknowledged events are repeated after this, ms, and from then on after the last of it: the edge acknowledges within
 * 20 ms plus the round trip. Losses come in bursts, and a repeat of a few bytes in each gap passes sooner than one a frame later.
 */
const REPEAT_AFTER_MS = [10, 10, 20, 40];

/** Sends one connection's input until the edge has it. */
export class InputLink {
  readonly #outbox = new Outbox();
  readonly #sendPacket: (packet: Uint8Array<ArrayBuffer>) => boolean;
  #repeat: ReturnType<typeof setTimeout> | undefined;
  #repeats = 0;

  constructor(sendPacket: (packet: Uint8Array<ArrayBuffer>) => boolean) {
    this.#sendPacket = sendPacket;
  }

  /** Sends an event at once; its number, or undefined when the connection is dead. */
  send(event: InputEvent): number | undefined {
    const seq = this.#outbox.add(event);
    if (seq === undefined) return undefined;
    this.#repeats = 0;
    this.#flush();
    return seq;
  }

  acknowledge(seq: number): void {
    this.#outbox.acknowledge(seq);
    if (this.#outbox.waiting === 0) clearTimeout(this.#repeat);
  }

  close(): void {
    clearTimeout(this.#repeat);
  }

  #flush(): void {
    clearTimeout(this.#repeat);
    const packet = this.#outbox.packet();
    if (packet === undefined) return;
    this.#sendPacket(encodeInputPacket(packet));
    const place = Math.min(this.#repeats, REPEAT_AFTER_MS.length - 1);
    this.#repeats += 1;
    this.#repeat = setTimeout(() => this.#flush(), REPEAT_AFTER_MS[place]);
  }
}
