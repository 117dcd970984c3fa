/** Frames older than this are not worth sending again, ms of RTP time at 90 kHz. */
const KEPT_TICKS = 500 * 90;

/** The packets of the latest frames, to be sent once more as they were: a receiver drops those it has. */
export class SentPackets {
  /** Oldest first. */
  #frames: { timestamp: number; packets: Buffer[] }[] = [];

  keep(timestamp: number, packets: Buffer[]): void {
    this.#frames = this.#frames.filter((frame) => (timestamp - frame.timestamp) >>> 0 < KEPT_TICKS);
    this.#frames.push({ timestamp, packets });
  }

  /** None where the frame is too old, or never was. */
  of(timestamp: number): readonly Buffer[] {
    return this.#frames.find((frame) => frame.timestamp === timestamp)?.packets ?? [];
  }
}
