/** Plays an audio track in an element of its own, so that sound and picture never wait for each other. */
export class Sound {
  readonly #audio = new Audio();
  readonly #onBlockedChange: () => void;
  readonly #listening = new AbortController();
  #blocked = false;

  constructor(onBlockedChange: () => void) {
    this.#onBlockedChange = onBlockedChange;
    // Any gesture will do, not only one on the hint.
    for (const type of ['pointerdown', 'keydown'] as const) {
      addEventListener(type, () => this.#blocked && this.start(), { signal: this.#listening.signal, capture: true });
    }
  }

  /** True while the browser waits for a gesture of the player before it lets sound out. */
  get blocked(): boolean {
    return this.#blocked;
  }

  play(track: MediaStreamTrack): void {
    this.#audio.srcObject = new MediaStream([track]);
    this.start();
  }

  start(): void {
    this.#audio.play().then(
      () => this.#setBlocked(false),
      // Other errors mean that a newer track has taken this one's place.
      (error: unknown) => error instanceof DOMException && error.name === 'NotAllowedError' && this.#setBlocked(true),
    );
  }

  /** `volume`: 0…1. */
  setVolume(volume: number): void {
    this.#audio.volume = Math.min(1, Math.max(0, volume));
  }

  close(): void {
    this.#listening.abort();
    this.#audio.pause();
    this.#audio.srcObject = null;
    this.#setBlocked(false);
  }

  #setBlocked(blocked: boolean): void {
    if (this.#blocked === blocked) return;
    this.#blocked = blocked;
    this.#onBlockedChange();
  }
}
