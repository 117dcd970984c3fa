type TransportState = 'new' | 'connecting' | 'connected' | 'failed' | 'disconnected' | 'closed';

/** What can be seen of a connection at one moment. Times on `performance.now()`, ms; undefined: never. */
export interface MediaSigns {
  transport: TransportState;
  lastPongMs: number | undefined;
  lastFrameMs: number | undefined;
}

/** A transport that is not connected after this time will not be, ms. */
const CONNECT_WITHIN_MS = 10_000;
/** ICE recovers from shorter interruptions by itself, ms. */
const DISCONNECTED_MS = 1_500;
/** Without pong and picture for this long the path is dead, ms; a still screen alone has no frames, but pongs. */
const SILENT_MS = 2_000;
/** Without pongs for this long input does not arrive, whatever the picture does, ms. */
const DEAF_MS = 5_000;
/** Two looks further apart than this mean that the page itself was stopped, ms: what it missed meanwhile says nothing. */
const STOPPED_MS = 1_600;

/** Decides when one connection is broken. Look often; a background page may look once a second. */
export class MediaWatch {
  readonly #openedMs: number;
  #lastLookMs: number;
  #awakeSinceMs: number;
  #disconnectedSinceMs: number | undefined;

  constructor(nowMs: number) {
    this.#openedMs = nowMs;
    this.#lastLookMs = nowMs;
    this.#awakeSinceMs = nowMs;
  }

  broken(nowMs: number, signs: MediaSigns): boolean {
    if (nowMs - this.#lastLookMs > STOPPED_MS) this.#awakeSinceMs = nowMs;
    this.#lastLookMs = nowMs;
    const { transport } = signs;
    if (transport === 'failed' || transport === 'closed') return true;
    if (transport === 'new' || transport === 'connecting') return nowMs - this.#openedMs > CONNECT_WITHIN_MS;
    this.#disconnectedSinceMs = transport === 'disconnected' ? (this.#disconnectedSinceMs ?? nowMs) : undefined;
    if (this.#disconnectedSinceMs !== undefined && nowMs - this.#disconnectedSinceMs > DISCONNECTED_MS) return true;
    // Before the first pong the edge may still be starting the session's process.
    if (signs.lastPongMs === undefined) return false;
    const silentMs = (lastMs: number | undefined) => nowMs - Math.max(this.#awakeSinceMs, lastMs ?? 0);
    const deafMs = silentMs(signs.lastPongMs);
    return deafMs > DEAF_MS || (deafMs > SILENT_MS && silentMs(signs.lastFrameMs) > SILENT_MS);
  }
}
