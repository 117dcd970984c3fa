import type { InputEvent } from '@kilat/shared/input/events';

/** At most one motion per this time, ms: games lose motions that come in a burst. */
export const MOTION_INTERVAL_MS = 2;

export type MotionEvent = Extract<InputEvent, { type: 'motion' | 'pointer' }>;

/** A motion that may go out, and the time of the input it stands for (the first one it gathers), ms. */
export interface DueMotion {
  event: MotionEvent;
  atMs: number;
}

/**
 * Gathers mouse motion: relative steps add up, of absolute places the latest counts. Fractions of a pixel are carried
 * over, so that slow movement is not lost. Times are on one clock, ms.
 */
export class MotionCoalescer {
  #lastSentMs = Number.NEGATIVE_INFINITY;
  #waiting: { kind: 'motion'; atMs: number } | { kind: 'pointer'; x: number; y: number; atMs: number } | undefined;
  #dx = 0;
  #dy = 0;

  move(dx: number, dy: number, atMs: number): void {
    this.#dx += dx;
    this.#dy += dy;
    if (this.#waiting?.kind !== 'motion') this.#waiting = { kind: 'motion', atMs };
  }

  /** `x`, `y`: 0…65535 across the display. */
  place(x: number, y: number, atMs: number): void {
    this.#waiting = { kind: 'pointer', x, y, atMs: this.#waiting?.kind === 'pointer' ? this.#waiting.atMs : atMs };
  }

  /** How long what waits has to wait yet, ms; undefined when nothing waits. */
  waitMs(nowMs: number): number | undefined {
    return this.#waiting && Math.max(0, this.#lastSentMs + MOTION_INTERVAL_MS - nowMs);
  }

  /** Takes what waits, whether due or not: a button press must not overtake the motion before it. */
  take(nowMs: number): DueMotion | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) return undefined;
    if (waiting.kind === 'pointer') {
      this.#lastSentMs = nowMs;
      return { event: { type: 'pointer', x: waiting.x, y: waiting.y }, atMs: waiting.atMs };
    }
    const dx = bounded(Math.trunc(this.#dx));
    const dy = bounded(Math.trunc(this.#dy));
    if (dx === 0 && dy === 0) return undefined;
    this.#dx -= dx;
    this.#dy -= dy;
    this.#lastSentMs = nowMs;
    return { event: { type: 'motion', dx, dy }, atMs: waiting.atMs };
  }

  /** Forgets what waits (focus lost). */
  clear(): void {
    this.#waiting = undefined;
    this.#dx = 0;
    this.#dy = 0;
  }
}

const bounded = (value: number): number => Math.min(32_767, Math.max(-32_768, value));
