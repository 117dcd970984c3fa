/** Units of one wheel notch on the wire. */
const NOTCH = 120;
/** What browsers report for one notch in each `WheelEvent.deltaMode`: 0 pixels (Chromium's), 1 lines, 2 pages. */
const NOTCH_BY_MODE = [100, 3, 1] as const;

/** A `WheelEvent`'s deltas in 1/120 of a notch, positive right and down; small steps of touchpads are gathered until they make a unit. */
export class WheelNotches {
  #restX = 0;
  #restY = 0;

  /** Undefined while the gathered movement is below one unit. */
  turn(deltaX: number, deltaY: number, deltaMode: number): { dx: number; dy: number } | undefined {
    const perNotch = NOTCH_BY_MODE[deltaMode as 0 | 1 | 2] ?? NOTCH_BY_MODE[0];
    this.#restX += (deltaX * NOTCH) / perNotch;
    this.#restY += (deltaY * NOTCH) / perNotch;
    const dx = bounded(Math.trunc(this.#restX));
    const dy = bounded(Math.trunc(this.#restY));
    this.#restX -= dx;
    this.#restY -= dy;
    return dx === 0 && dy === 0 ? undefined : { dx, dy };
  }
}

const bounded = (value: number): number => Math.min(32_767, Math.max(-32_768, value));
