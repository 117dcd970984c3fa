import type { ArrivalReport } from '@kilat/shared/media/arrival-report';
import type { Arrived, InFlight } from './arrivals.ts';

interface Entry {
  kind: 'frame' | 'probe';
  /** A frame's RTP timestamp or a probe's id. */
  name: number;
  sentMs: number;
  /** 0 for a probe, which weighs next to nothing. */
  bytes: number;
}

/** Entries kept that no report names: two seconds of frames and probes. */
const MAX_ENTRIES = 240;
/** After a pause like this what is still unanswered says nothing any more, ms. */
const PAUSE_MS = 250;
const PROBE_IDS = 2 ** 16;

/**
 * Joins the frames and probes that were sent with what the player reports of them. What a later one has overtaken was
 * lost and sent again, or never shown, or waited in the player's machine: it says nothing of the way, and its bytes
 * count with the one that came.
 */
export class SentLedger {
  /** Sent after the newest that is known to have arrived, oldest first. */
  #entries: Entry[] = [];
  #lastProbe = -1;

  frameSent({ rtpTimestamp, sentMs, bytes }: { rtpTimestamp: number; sentMs: number; bytes: number }): void {
    this.#add({ kind: 'frame', name: rtpTimestamp, sentMs, bytes });
  }

  /** The id that a probe sent now is to have. */
  probeSent(sentMs: number): number {
    this.#lastProbe = (this.#lastProbe + 1) % PROBE_IDS;
    this.#add({ kind: 'probe', name: this.#lastProbe, sentMs, bytes: 0 });
    return this.#lastProbe;
  }

  /** What of a report no earlier report named, in the order it was sent, each later than the one before. */
  arrived({ frames, probes }: Pick<ArrivalReport, 'frames' | 'probes'>): Arrived[] {
    const arrivals = [
      ...frames.map(({ rtpTimestamp, arrivedMs }) => ({ place: this.#place('frame', rtpTimestamp), arrivedMs })),
      ...probes.map(({ id, arrivedMs }) => ({ place: this.#place('probe', id), arrivedMs })),
    ]
      .filter(({ place }) => place >= 0)
      .sort((a, b) => a.place - b.place);
    const inOrder: typeof arrivals = [];
    for (const arrival of arrivals) {
      while ((inOrder.at(-1)?.arrivedMs ?? arrival.arrivedMs) > arrival.arrivedMs) inOrder.pop();
      inOrder.push(arrival);
    }
    let from = 0;
    const fresh = inOrder.flatMap(({ place, arrivedMs }): Arrived[] => {
      const since = this.#entries.slice(from, place + 1);
      from = place + 1;
      const entry = since.at(-1);
      if (entry === undefined) return [];
      return [{ kind: entry.kind, sentMs: entry.sentMs, arrivedMs, bytesSince: bytesOf(since) }];
    });
    this.#entries = this.#entries.slice(from);
    return fresh;
  }

  get inFlight(): InFlight {
    return { bytes: bytesOf(this.#entries), oldestSentMs: this.#entries[0]?.sentMs };
  }

  /** Another connection: nothing of the one before will be reported. */
  clear(): void {
    this.#entries = [];
  }

  #add(entry: Entry): void {
    const last = this.#entries.at(-1);
    if (last !== undefined && entry.sentMs - last.sentMs > PAUSE_MS) this.#entries = [];
    this.#entries.push(entry);
    if (this.#entries.length > MAX_ENTRIES) this.#entries.shift();
  }

  #place(kind: Entry['kind'], name: number): number {
    return this.#entries.findIndex((entry) => entry.kind === kind && entry.name === name);
  }
}

const bytesOf = (entries: readonly Entry[]): number => entries.reduce((sum, { bytes }) => sum + bytes, 0);
