import { encodeInputPacket } from '@kilat/shared/input/packet';

const FIRST_PINGS = 10;
const FIRST_INTERVAL_MS = 200;
const INTERVAL_MS = 500;

/** Time from the ping number `count` (from 0) to the next, ms: ten in the first two seconds align the clocks soon. */
export function pingIntervalMs(count: number): number {
  return count < FIRST_PINGS ? FIRST_INTERVAL_MS : INTERVAL_MS;
}

/** Pings the edge for as long as a connection lasts: for the clocks, and as the page's sign of life. */
export class Pinger {
  readonly #send: (packet: Uint8Array<ArrayBuffer>) => boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #count = 0;

  constructor(send: (packet: Uint8Array<ArrayBuffer>) => boolean) {
    this.#send = send;
  }

  start(): void {
    if (this.#timer === undefined) this.#ping();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #ping(): void {
    this.#send(encodeInputPacket({ kind: 'ping', sentMs: performance.now() }));
    this.#timer = setTimeout(() => this.#ping(), pingIntervalMs(this.#count++));
  }
}
