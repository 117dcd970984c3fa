import type { ArrivalReport } from '@kilat/shared/media/arrival-report';

type Counters = Pick<ArrivalReport, 'packetsReceived' | 'packetsLost'>;

/** Loss is counted over so long, ms. */
export const LOSS_WINDOW_MS = 2_000;

/** Packets lost over the last two seconds, of the counters that the player reports. */
export class LossWindow {
  #readings: (Counters & { atMs: number })[] = [];

  add({ packetsReceived, packetsLost }: Counters, nowMs: number): void {
    if (this.#readings.at(-1)?.packetsReceived === packetsReceived) return;
    this.#readings.push({ packetsReceived, packetsLost, atMs: nowMs });
    // One reading from before the window is where it begins.
    while ((this.#readings[1]?.atMs ?? nowMs) < nowMs - LOSS_WINDOW_MS) this.#readings.shift();
  }

  get percent(): number {
    const [first, last] = [this.#readings[0], this.#readings.at(-1)];
    if (first === undefined || last === undefined) return 0;
    const lost = Math.max(0, last.packetsLost - first.packetsLost);
    const received = last.packetsReceived - first.packetsReceived;
    return received > 0 ? (100 * lost) / (lost + received) : 0;
  }

  clear(): void {
    this.#readings = [];
  }
}
