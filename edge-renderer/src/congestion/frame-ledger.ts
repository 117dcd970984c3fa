import type { ArrivalReport } from '@kilat/shared/media/arrival-report';
import { rtpAtOrAfter } from '@kilat/shared/units';
import type { ArrivedFrame, InFlight } from './arrivals.ts';

interface SentEntry {
  rtpTimestamp: number;
  sentMs: number;
  bytes: number;
}

/** Frames kept that no report names: four seconds at 60 frames a second. */
const MAX_ENTRIES = 240;

/**
 * Joins the frames that were sent with what the player reports of them. Frames that the browser never showed are not
 * named; they had arrived when a later one was shown, since frames are decoded in order.
 */
export class FrameLedger {
  /** Sent after the newest frame reported, oldest first. */
  #entries: SentEntry[] = [];
  #newest: number | undefined;

  sent({ rtpTimestamp, sentMs, bytes }: SentEntry): void {
    this.#entries.push({ rtpTimestamp, sentMs, bytes });
    if (this.#entries.length > MAX_ENTRIES) this.#entries.shift();
  }

  /** The frames of a report that no earlier report named, in the order they were sent. */
  arrived(frames: ArrivalReport['frames']): ArrivedFrame[] {
    const fresh: ArrivedFrame[] = [];
    for (const { rtpTimestamp, arrivedMs } of frames) {
      if (this.#newest !== undefined && rtpAtOrAfter(this.#newest, rtpTimestamp)) continue;
      const place = this.#entries.findIndex((entry) => entry.rtpTimestamp === rtpTimestamp);
      const entry = this.#entries[place];
      if (entry === undefined) continue;
      const bytesSince = this.#entries.slice(0, place + 1).reduce((sum, { bytes }) => sum + bytes, 0);
      this.#entries = this.#entries.slice(place + 1);
      this.#newest = rtpTimestamp;
      fresh.push({ sentMs: entry.sentMs, arrivedMs, bytesSince });
    }
    return fresh;
  }

  get inFlight(): InFlight {
    return {
      bytes: this.#entries.reduce((sum, { bytes }) => sum + bytes, 0),
      oldestSentMs: this.#entries[0]?.sentMs,
    };
  }

  /** Another connection: nothing of the one before will be reported. */
  clear(): void {
    this.#entries = [];
    this.#newest = undefined;
  }
}
