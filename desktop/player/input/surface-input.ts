import type { InputEvent } from '@kilat/shared/input/events';
import { linuxKeyCode } from '@kilat/shared/input/keys';
import { Held } from './held.ts';
import { lockKeyboardInFullscreen } from './keyboard-lock.ts';
import { placeOnDisplay } from './letterbox.ts';
import { MotionCoalescer } from './motion-coalescer.ts';
import { PointerLock } from './pointer-lock.ts';
import { WheelNotches } from './wheel.ts';

export interface SurfaceInputOptions {
  /** Takes mouse and focus. Keys are taken from the whole page. */
  surface: HTMLElement;
  /** The element in which the display is shown, by `object-fit: contain`. */
  picture: HTMLElement;
  display: { width: number; height: number };
  mouse: 'relative' | 'absolute' | 'none';
  reservedKeys: ReadonlySet<string>;
  /** Takes each event; `atMs` is the time of the player's input on `performance.now()`. */
  send(event: InputEvent, atMs: number): void;
  onPointerLockChange(): void;
}

/** The player's keyboard and mouse, turned into input events for as long as it is enabled. */
export class SurfaceInput {
  readonly #options: SurfaceInputOptions;
  readonly #held = new Held();
  readonly #motion = new MotionCoalescer();
  readonly #wheel = new WheelNotches();
  readonly #lock: PointerLock;
  readonly #listening = new AbortController();
  readonly #unlockKeyboard: () => void;
  #motionTimer: ReturnType<typeof setTimeout> | undefined;
  #enabled = false;

  constructor(options: SurfaceInputOptions) {
    this.#options = options;
    this.#lock = new PointerLock(options.surface, () => {
      if (!this.#lock.locked) this.#releaseAll();
      options.onPointerLockChange();
    });
    this.#unlockKeyboard = lockKeyboardInFullscreen();
    this.#listen();
  }

  get pointerLocked(): boolean {
    return this.#lock.locked;
  }

  setEnabled(enabled: boolean): void {
    if (this.#enabled === enabled) return;
    if (!enabled) {
      this.#releaseAll();
      this.#lock.release();
    }
    this.#enabled = enabled;
  }

  /** A new connection starts with nothing held. */
  connectionReplaced(): void {
    this.#held.forget();
    this.#motion.clear();
  }

  close(): void {
    this.setEnabled(false);
    clearTimeout(this.#motionTimer);
    this.#listening.abort();
    this.#lock.close();
    this.#unlockKeyboard();
  }

  #listen(): void {
    const { surface, mouse } = this.#options;
    const { signal } = this.#listening;
    addEventListener('keydown', (event) => this.#key(event, true), { signal });
    addEventListener('keyup', (event) => this.#key(event, false), { signal });
    addEventListener('blur', () => this.#releaseAll(), { signal });
    document.addEventListener('visibilitychange', () => document.hidden && this.#releaseAll(), { signal });
    if (mouse === 'none') return;
    surface.addEventListener('mousedown', (event) => this.#buttonDown(event), { signal });
    // A drag may end outside the surface.
    addEventListener('mouseup', (event) => this.#buttonUp(event), { signal });
    surface.addEventListener('wheel', (event) => this.#turn(event), { signal, passive: false });
    surface.addEventListener('contextmenu', (event) => this.#enabled && event.preventDefault(), { signal });
    surface.addEventListener('dragstart', (event) => event.preventDefault(), { signal });
    // Raw updates come as the mouse reports, not with the next frame; they exist on secure origins only.
    const moves = 'onpointerrawupdate' in surface ? 'pointerrawupdate' : 'pointermove';
    surface.addEventListener(moves, (event) => this.#move(event as PointerEvent), { signal });
  }

  #key(event: KeyboardEvent, down: boolean): void {
    const { reservedKeys } = this.#options;
    const key = linuxKeyCode(event.code);
    if (key === undefined || !this.#enabled || event.defaultPrevented || reservedKeys.has(event.code)) return;
    // A release always counts: its press may have come before focus went to a control.
    if (down && isControl(event.target)) return;
    event.preventDefault();
    if (!event.repeat) this.#emit(down ? this.#held.keyDown(key) : this.#held.keyUp(key), event.timeStamp);
  }

  #buttonDown(event: MouseEvent): void {
    if (!this.#enabled) return;
    event.preventDefault();
    this.#options.surface.focus({ preventScroll: true });
    if (this.#options.mouse === 'relative' && !this.#lock.locked && !this.#lock.refused) {
      // This click only gives the mouse to the game; it is not one in the game.
      void this.#lock.request();
      return;
    }
    if (this.#options.mouse === 'absolute') this.#place(event);
    this.#emit(this.#held.buttonDown(event.button), event.timeStamp);
  }

  #buttonUp(event: MouseEvent): void {
    if (!this.#enabled) return;
    const released = this.#held.buttonUp(event.button);
    // Else the back and forward buttons would leave the page.
    if (released.length > 0) event.preventDefault();
    this.#emit(released, event.timeStamp);
  }

  #turn(event: WheelEvent): void {
    if (!this.#enabled || event.ctrlKey) return;
    event.preventDefault();
    const turned = this.#wheel.turn(event.deltaX, event.deltaY, event.deltaMode);
    if (turned !== undefined) this.#emit([{ type: 'wheel', ...turned }], event.timeStamp);
  }

  #move(event: PointerEvent): void {
    // Fingers go their own way, see touch-input.ts.
    if (!this.#enabled || event.pointerType === 'touch') return;
    if (this.#options.mouse === 'absolute') this.#place(event);
    else if (this.#lock.locked || this.#lock.refused)
      this.#motion.move(event.movementX, event.movementY, event.timeStamp);
    this.#sendMotionWhenDue();
  }

  #place(event: MouseEvent): void {
    const { picture, display } = this.#options;
    const { x, y } = placeOnDisplay({ x: event.clientX, y: event.clientY }, picture.getBoundingClientRect(), display);
    this.#motion.place(x, y, event.timeStamp);
  }

  #sendMotionWhenDue(): void {
    const waitMs = this.#motion.waitMs(performance.now());
    if (waitMs === undefined || this.#motionTimer !== undefined) return;
    if (waitMs === 0) return this.#sendMotion();
    this.#motionTimer = setTimeout(() => this.#sendMotion(), waitMs);
  }

  #sendMotion(): void {
    clearTimeout(this.#motionTimer);
    this.#motionTimer = undefined;
    const due = this.#motion.take(performance.now());
    if (due !== undefined) this.#options.send(due.event, due.atMs);
  }

  #releaseAll(): void {
    this.#motion.clear();
    if (this.#enabled) this.#emit(this.#held.releaseAll(), performance.now());
  }

  #emit(events: readonly InputEvent[], atMs: number): void {
    if (events.length === 0) return;
    // What the mouse did before is sent before.
    this.#sendMotion();
    for (const event of events) this.#options.send(event, atMs);
  }
}

/** Whether an element takes keys itself: the page's own controls work while a game is played. */
function isControl(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input, textarea, select, button, a[href], [contenteditable], [role="menu"], [role="dialog"]') !==
      null
  );
}
