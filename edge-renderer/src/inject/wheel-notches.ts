const UNITS_PER_NOTCH = 120;

/** Turns a wheel's fine steps (1/120 notch) into whole notches, keeping the rest. */
export class WheelNotches {
  #rest = 0;

  /** Whole notches this step completes; negative the other way. */
  add(units: number): number {
    if (Math.sign(units) !== Math.sign(this.#rest)) this.#rest = 0;
    this.#rest += units;
    const notches = Math.trunc(this.#rest / UNITS_PER_NOTCH);
    this.#rest -= notches * UNITS_PER_NOTCH;
    return notches;
  }
}
