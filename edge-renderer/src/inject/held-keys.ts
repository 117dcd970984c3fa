/** One key or button that is down: the X event type that lets it go, and its code. */
export interface Held {
  release: number;
  code: number;
}

/** What a player holds down on a title's X server. */
export class HeldKeys {
  readonly #held = new Map<string, Held>();

  down(release: number, code: number): void {
    this.#held.set(`${release}:${code}`, { release, code });
  }

  /** False when it was not down. */
  up(release: number, code: number): boolean {
    return this.#held.delete(`${release}:${code}`);
  }

  /** Everything that was down, last pressed first; nothing is held afterwards. */
  releaseAll(): Held[] {
    const all = [...this.#held.values()].reverse();
    this.#held.clear();
    return all;
  }
}
