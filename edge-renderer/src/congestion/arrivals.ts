/** A frame that the player has whole, or a probe. The two clocks are not aligned: only differences of delays mean something. */
export interface Arrived {
  kind: 'frame' | 'probe';
  /** Handed to the network, edge's clock, ms. */
  sentMs: number;
  /** Last packet received, player's clock, ms. */
  arrivedMs: number;
  /** Bytes of frames sent after the previous one in the list of all arrivals, up to the end of this one. */
  bytesSince: number;
}

/** What is sent and not known to have arrived. */
export interface InFlight {
  bytes: number;
  /** When the oldest of it was sent; undefined when nothing is under way. */
  oldestSentMs: number | undefined;
}
