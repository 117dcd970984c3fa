/** One exchange over the data channel: sent and answered on the local clock, received and replied on the remote one, ms. */
export interface ClockExchange {
  sentMs: number;
  remoteReceivedMs: number;
  remoteSentMs: number;
  answeredMs: number;
}

/** `remote = local + offsetMs`, true within ± `uncertaintyMs`. */
export interface ClockAlignment {
  offsetMs: number;
  uncertaintyMs: number;
}

/** Exchanges older than this are forgotten: quartz drifts up to 0.1 ms a second. */
const WINDOW_MS = 20_000;
const DRIFT_MS_PER_MS = 50e-6;

/**
 * Aligns two clocks as NTP does (RFC 5905): of the recent exchanges the one with the shortest round trip counts, its
 * half being the uncertainty, grown by drift since then.
 */
export class ClockAligner {
  readonly #exchanges: { atMs: number; offsetMs: number; roundTripMs: number }[] = [];

  add(exchange: ClockExchange): void {
    const { sentMs, remoteReceivedMs, remoteSentMs, answeredMs } = exchange;
    const roundTripMs = answeredMs - sentMs - (remoteSentMs - remoteReceivedMs);
    if (!(roundTripMs >= 0)) return;
    const offsetMs = (remoteReceivedMs - sentMs + (remoteSentMs - answeredMs)) / 2;
    this.#exchanges.push({ atMs: answeredMs, offsetMs, roundTripMs });
    while ((this.#exchanges[0]?.atMs ?? answeredMs) < answeredMs - WINDOW_MS) this.#exchanges.shift();
  }

  /** Undefined before the first exchange. */
  alignment(nowMs: number): ClockAlignment | undefined {
    let best: ClockAlignment | undefined;
    for (const { atMs, offsetMs, roundTripMs } of this.#exchanges) {
      const uncertaintyMs = roundTripMs / 2 + (nowMs - atMs) * DRIFT_MS_PER_MS;
      if (best === undefined || uncertaintyMs < best.uncertaintyMs) best = { offsetMs, uncertaintyMs };
    }
    return best;
  }

  /** Round trip of the latest exchange, ms. */
  get lastRoundTripMs(): number | undefined {
    return this.#exchanges.at(-1)?.roundTripMs;
  }
}
