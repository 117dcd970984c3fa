import type { InputEvent } from '@kilat/shared/input/events';
import { placeOnDisplay } from './letterbox.ts';

export interface TouchInputOptions {
  surface: HTMLElement;
  /** The element in which the display is shown, by `object-fit: contain`. */
  picture: HTMLElement;
  display: { width: number; height: number };
  send(event: InputEvent, atMs: number): void;
}

/** Fingers the title is told of; more are ignored. */
const MOST_FINGERS = 10;

/** The player's fingers on the picture, for as long as it is enabled; the edge decides what they mean to the title. */
export class TouchInput {
  readonly #options: TouchInputOptions;
  /** The browser's pointer of each finger on the wire. */
  readonly #fingers: (number | undefined)[] = Array.from({ length: MOST_FINGERS }, () => undefined);
  readonly #listening = new AbortController();
  #enabled = false;

  constructor(options: TouchInputOptions) {
    this.#options = options;
    const { surface } = options;
    const { signal } = this.#listening;
    const onTouch = (
      type: 'pointerdown' | 'pointermove' | 'pointerup' | 'pointercancel',
      handle: (event: PointerEvent) => void,
    ) =>
      surface.addEventListener(type, (event) => event.pointerType === 'touch' && this.#enabled && handle(event), {
        signal,
      });
    onTouch('pointerdown', (event) => this.#down(event));
    onTouch('pointermove', (event) => this.#move(event));
    onTouch('pointerup', (event) => this.#up(event));
    onTouch('pointercancel', (event) => this.#up(event));
    // Else the browser plays a mouse after each tap.
    surface.addEventListener('touchstart', (event) => this.#enabled && event.preventDefault(), {
      signal,
      passive: false,
    });
    addEventListener('blur', () => this.#letGo(), { signal });
  }

  setEnabled(enabled: boolean): void {
    if (this.#enabled === enabled) return;
    if (!enabled) this.#letGo();
    this.#enabled = enabled;
  }

  /** A new connection starts with no finger down. */
  connectionReplaced(): void {
    this.#fingers.fill(undefined);
  }

  close(): void {
    this.setEnabled(false);
    this.#listening.abort();
  }

  #down(event: PointerEvent): void {
    const finger = this.#fingers.indexOf(undefined);
    if (finger === -1) return;
    this.#fingers[finger] = event.pointerId;
    this.#options.send({ type: 'touch-start', finger, ...this.#place(event) }, event.timeStamp);
  }

  #move(event: PointerEvent): void {
    const finger = this.#fingers.indexOf(event.pointerId);
    if (finger !== -1) this.#options.send({ type: 'touch-move', finger, ...this.#place(event) }, event.timeStamp);
  }

  #up(event: PointerEvent): void {
    const finger = this.#fingers.indexOf(event.pointerId);
    if (finger === -1) return;
    this.#fingers[finger] = undefined;
    this.#options.send({ type: 'touch-end', finger }, event.timeStamp);
  }

  #letGo(): void {
    this.#fingers.forEach((pointer, finger) => {
      if (pointer !== undefined) this.#options.send({ type: 'touch-end', finger }, performance.now());
    });
    this.#fingers.fill(undefined);
  }

  #place(event: PointerEvent): { x: number; y: number } {
    const { picture, display } = this.#options;
    return placeOnDisplay({ x: event.clientX, y: event.clientY }, picture.getBoundingClientRect(), display);
  }
}
