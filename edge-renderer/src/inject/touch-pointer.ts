import type { InputEvent } from '@kilat/shared/input/events';

export type TouchEvent = Extract<InputEvent, { type: 'touch-start' | 'touch-move' | 'touch-end' }>;

/** Places are 0…65535 across the display. */
interface Place {
  x: number;
  y: number;
}

const LEFT = 0;
/** Two fingers that move by a twentieth of the display turn the wheel by a notch. */
const UNITS_PER_NOTCH = 65_536 / 20;
const NOTCH = 120;
/** A finger on a mouse that turns the view is a click when it went no further and no longer than this. */
const TAP_WITHIN = 65_536 / 60;
const TAP_MS = 250;

/**
 * Fingers as mouse, for X servers whose test extension knows no touch. One finger is the pointer with its left button
 * held; the press comes at once, since waiting for a second finger would delay every tap. Two fingers turn the wheel
 * (the view goes with the fingers); a third does nothing. Where the mouse turns the view (`size` of the display in
 * pixels), one finger moves it, and a short tap is a click.
 */
export class TouchPointer {
  readonly #size: { width: number; height: number } | 'absolute';
  readonly #fingers = new Map<number, Place>();
  #gesture: 'none' | 'pointer' | 'wheel' | 'done' = 'none';
  #began: { place: Place; atMs: number; travelled: number } | undefined;
  /** Parts of pixels that motions have not used yet. */
  #restX = 0;
  #restY = 0;

  constructor(size: { width: number; height: number } | 'absolute') {
    this.#size = size;
  }

  /** What the event means as mouse input. `nowMs` on any monotonic clock. */
  take(event: TouchEvent, nowMs: number): InputEvent[] {
    switch (event.type) {
      case 'touch-start':
        return this.#start(event.finger, { x: event.x, y: event.y }, nowMs);
      case 'touch-move':
        return this.#move(event.finger, { x: event.x, y: event.y });
      case 'touch-end':
        return this.#end(event.finger, nowMs);
    }
  }

  /** All fingers are gone; what the pointer held is let go elsewhere. */
  clear(): void {
    this.#fingers.clear();
    this.#gesture = 'none';
  }

  #start(finger: number, place: Place, nowMs: number): InputEvent[] {
    this.#fingers.set(finger, place);
    if (this.#fingers.size === 1) {
      this.#gesture = 'pointer';
      this.#began = { place, atMs: nowMs, travelled: 0 };
      if (this.#size !== 'absolute') return [];
      return [
        { type: 'pointer', ...place },
        { type: 'button-down', button: LEFT },
      ];
    }
    if (this.#gesture !== 'pointer') return [];
    this.#gesture = 'wheel';
    return this.#size === 'absolute' ? [{ type: 'button-up', button: LEFT }] : [];
  }

  #move(finger: number, place: Place): InputEvent[] {
    const before = this.#fingers.get(finger);
    if (before === undefined) return [];
    this.#fingers.set(finger, place);
    const [dx, dy] = [place.x - before.x, place.y - before.y];
    if (this.#gesture === 'wheel') {
      // The middle of two fingers moves half as far as one of them.
      const turn = (by: number) => Math.round((-by / 2 / UNITS_PER_NOTCH) * NOTCH);
      return [{ type: 'wheel', dx: turn(dx), dy: turn(dy) }];
    }
    if (this.#gesture !== 'pointer') return [];
    if (this.#began !== undefined) this.#began.travelled += Math.abs(dx) + Math.abs(dy);
    return this.#size === 'absolute' ? [{ type: 'pointer', ...place }] : this.#motion(dx, dy, this.#size);
  }

  #motion(dx: number, dy: number, { width, height }: { width: number; height: number }): InputEvent[] {
    this.#restX += (dx * width) / 65_536;
    this.#restY += (dy * height) / 65_536;
    const [wholeX, wholeY] = [Math.trunc(this.#restX), Math.trunc(this.#restY)];
    this.#restX -= wholeX;
    this.#restY -= wholeY;
    return wholeX === 0 && wholeY === 0 ? [] : [{ type: 'motion', dx: wholeX, dy: wholeY }];
  }

  #end(finger: number, nowMs: number): InputEvent[] {
    if (!this.#fingers.delete(finger)) return [];
    const was = this.#gesture;
    this.#gesture = this.#fingers.size === 0 ? 'none' : 'done';
    if (was !== 'pointer') return [];
    if (this.#size === 'absolute') return [{ type: 'button-up', button: LEFT }];
    const began = this.#began;
    const tapped = began !== undefined && began.travelled < TAP_WITHIN && nowMs - began.atMs < TAP_MS;
    if (!tapped) return [];
    return [
      { type: 'button-down', button: LEFT },
      { type: 'button-up', button: LEFT },
    ];
  }
}
