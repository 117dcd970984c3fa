/** One frame that the player has whole. The two clocks are not aligned: only differences of delays mean something. */
export interface ArrivedFrame {
  /** Handed to the network, edge's clock, ms. */
  sentMs: number;
  /** Last packet received, player's clock, ms. */
  arrivedMs: number;
  /** Bytes sent after the previous frame in the list of all arrivals, up to the end of this one. */
  bytesSince: number;
}

/** What is sent and not known to have arrived. */
export interface InFlight {
  bytes: number;
  /** When the oldest of it was sent; undefined when nothing is under way. */
  oldestSentMs: number | undefined;
}
