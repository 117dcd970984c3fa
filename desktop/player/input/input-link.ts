import type { InputEvent } from '@kilat/shared/input/events';
import { encodeInputPacket } from '@kilat/shared/input/packet';
import { Outbox } from './outbox.ts';

/** Unacknowledged events are repeated this often, ms: the edge acknowledges within 20 ms plus the round trip. */
const RESEND_MS = 40;

/** Sends one connection's input until the edge has it. */
export class InputLink {
  readonly #outbox = new Outbox();
  readonly #sendPacket: (packet: Uint8Array<ArrayBuffer>) => boolean;
  #resend: ReturnType<typeof setInterval> | undefined;

  constructor(sendPacket: (packet: Uint8Array<ArrayBuffer>) => boolean) {
    this.#sendPacket = sendPacket;
  }

  /** Sends an event at once; its number, or undefined when the connection is dead. */
  send(event: InputEvent): number | undefined {
    const seq = this.#outbox.add(event);
    if (seq !== undefined) this.#flush();
    return seq;
  }

  acknowledge(seq: number): void {
    this.#outbox.acknowledge(seq);
    if (this.#outbox.waiting === 0) this.#stopResending();
  }

  close(): void {
    this.#stopResending();
  }

  #flush(): void {
    const packet = this.#outbox.packet();
    if (packet === undefined) return this.#stopResending();
    this.#sendPacket(encodeInputPacket(packet));
    this.#resend ??= setInterval(() => this.#flush(), RESEND_MS);
  }

  #stopResending(): void {
    clearInterval(this.#resend);
    this.#resend = undefined;
  }
}
