/** Holds the mouse inside a surface, with raw movement where the browser can. */
export class PointerLock {
  readonly #surface: HTMLElement;
  readonly #onChange: () => void;
  readonly #changed = () => this.#onChange();
  #refused = false;

  constructor(surface: HTMLElement, onChange: () => void) {
    this.#surface = surface;
    this.#onChange = onChange;
    document.addEventListener('pointerlockchange', this.#changed);
  }

  get locked(): boolean {
    return document.pointerLockElement === this.#surface;
  }

  /** The browser does not lock here: the mouse is then taken as it moves over the surface. */
  get refused(): boolean {
    return this.#refused;
  }

  /** Must follow a gesture of the player. */
  async request(): Promise<void> {
    if (this.locked) return;
    // The promise is what browsers with `unadjustedMovement` return; older ones return nothing and fire events.
    const request = (options?: PointerLockOptions) => Promise.resolve(this.#surface.requestPointerLock(options));
    try {
      await request({ unadjustedMovement: true }).catch((error: unknown) => {
        if (error instanceof DOMException && error.name === 'NotSupportedError') return request();
        throw error;
      });
      this.#refused = false;
    } catch (error) {
      // After Escape the browser wants a pause of about a second before it locks again: the next click will do.
      this.#refused = !(error instanceof DOMException && error.name === 'SecurityError');
    }
  }

  release(): void {
    if (this.locked) document.exitPointerLock();
  }

  close(): void {
    document.removeEventListener('pointerlockchange', this.#changed);
    this.release();
  }
}
