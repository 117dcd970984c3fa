import { monotonicMs } from '../monotonic.ts';
import { DamageWatch } from './damage-watch.ts';
import { FramePacing } from './pacing.ts';
import type { RowRun } from './row-runs.ts';
import type { ScreenReader } from './screen-reader.ts';
import type { XConnection } from './x-connection.ts';

/** Why a frame was captured: the screen changed, or the stream needed one (key frame, keep-alive). */
export type CaptureCause = 'damage' | 'refresh';

/** A captured frame: when its screen changed and when its pixels were read (monotonic ms), and which rows are new. */
export interface Capture {
  cause: CaptureCause;
  damagedMs: number;
  capturedMs: number;
  changed: readonly RowRun[];
}

/**
 * Copies of one picture's parts follow each other within 2 ms; what only looks like a part waits so long for nothing. All of a
 * picture is there after a frame's time, ms.
 */
const [REST_MS, PICTURE_MS] = [3, 16];

/** What is done with each captured frame before the next one is taken. `pixels` is the caller's own buffer, up to date. */
export type FrameSink = (capture: Capture) => Promise<void>;

/**
 * Captures on damage, not on a clock: damage → pacing → one question, which rows → their pixels. One frame is under way at a time and the
 * newest wins; damage that arrives meanwhile is captured right after, so the last frame is never stale.
 */
export class ScreenCapture {
  readonly #x: XConnection;
  readonly #reader: ScreenReader;
  readonly #pixels: Buffer;
  readonly #pacing: FramePacing;
  readonly #sink: FrameSink;
  readonly #onFailed: (error: unknown) => void;
  #damage: DamageWatch | undefined;
  #running = false;
  #busy = false;
  #damagedAtMs: number | undefined;
  #refreshWanted = false;
  #wake: (() => void) | undefined;
  /** Until when the rest of a picture is waited for, monotonic ms, and what to do when more of it came. */
  #restUntilMs = 0;
  #firstPartMs: number | undefined;
  #moreCame: (() => void) | undefined;

  constructor(
    x: XConnection,
    reader: ScreenReader,
    pixels: Buffer,
    framesPerSecond: number,
    sink: FrameSink,
    onFailed: (error: unknown) => void,
  ) {
    this.#x = x;
    this.#reader = reader;
    this.#pixels = pixels;
    this.#pacing = new FramePacing(framesPerSecond, monotonicMs());
    this.#sink = sink;
    this.#onFailed = onFailed;
  }

  /** Subscribes to damage; nothing is captured before `resume()`. */
  async start(): Promise<void> {
    this.#damage = await DamageWatch.start(this.#x, (isPart) => this.#damaged(isPart));
  }

  /** What changed while nobody watched counts as changed now. */
  resume(): void {
    if (!this.#running) this.#damagedAtMs = undefined;
    this.#running = true;
    this.#damagedAtMs ??= monotonicMs();
    this.#go();
  }

  /** Stops capturing: nobody watches. */
  pause(): void {
    this.#running = false;
  }

  /** Captures once even though nothing changed. */
  refresh(): void {
    this.#refreshWanted = true;
    this.#go();
  }

  /** An input was injected: the damage it causes may be captured ahead of its slot. */
  inputInjected(): void {
    this.#pacing.inputInjected(monotonicMs());
  }

  setFrameRate(framesPerSecond: number): void {
    this.#pacing.setFrameRate(framesPerSecond, monotonicMs());
  }

  /** Captures nothing until then; what changes meanwhile is captured right after. */
  holdUntil(untilMs: number): void {
    this.#pacing.holdUntil(untilMs);
  }

  #damaged(isPart: boolean): void {
    this.#damagedAtMs ??= monotonicMs();
    const nowMs = monotonicMs();
    this.#firstPartMs = isPart ? (this.#firstPartMs ?? nowMs) : undefined;
    this.#restUntilMs = this.#firstPartMs === undefined ? 0 : Math.min(nowMs + REST_MS, this.#firstPartMs + PICTURE_MS);
    this.#moreCame?.();
    if (this.#wake === undefined) return this.#go();
    if (this.#pacing.waitMs(monotonicMs()) === 0) this.#wake();
    else this.#damage?.gather();
  }

  #go(): void {
    if (this.#busy || !this.#running || (this.#damagedAtMs === undefined && !this.#refreshWanted)) return;
    this.#busy = true;
    this.#captureAll()
      .catch(this.#onFailed)
      .finally(() => {
        this.#busy = false;
      });
  }

  async #captureAll(): Promise<void> {
    while (this.#running && (this.#damagedAtMs !== undefined || this.#refreshWanted)) {
      await this.#captureOne();
    }
  }

  async #captureOne(): Promise<void> {
    await this.#waitForSlot();
    await this.#waitForRest();
    const cause: CaptureCause = this.#damagedAtMs === undefined ? 'refresh' : 'damage';
    const damagedMs = this.#damagedAtMs ?? monotonicMs();
    this.#pacing.captured(monotonicMs());
    this.#damagedAtMs = undefined;
    this.#refreshWanted = false;
    const changed = (await this.#damage?.take()) ?? [];
    const capturedMs = monotonicMs();
    await this.#reader.read(this.#pixels, changed);
    await this.#sink({ cause, damagedMs, capturedMs, changed });
  }

  /** The screen is called clean before and during the wait, so that the damage of a key press still makes an event. */
  async #waitForSlot(): Promise<void> {
    const waitMs = this.#pacing.waitMs(monotonicMs());
    if (waitMs <= 0.3) return;
    this.#damage?.gather();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }

  /** A picture of which only the upper part is there would be shown torn, and its rest a frame later. */
  async #waitForRest(): Promise<void> {
    let waitMs = this.#restUntilMs - monotonicMs();
    while (waitMs > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, waitMs);
      this.#moreCame = resolve;
      await promise;
      clearTimeout(timer);
      waitMs = this.#restUntilMs - monotonicMs();
    }
    this.#moreCame = undefined;
    this.#firstPartMs = undefined;
  }
}
