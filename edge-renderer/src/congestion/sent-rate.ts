/** What was sent over the last while. */
export class SentRate {
  readonly #windowMs: number;
  #sent: { bytes: number; atMs: number }[] = [];

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  add(bytes: number, atMs: number): void {
    this.#sent.push({ bytes, atMs });
    this.#forget(atMs);
  }

  kbps(nowMs: number): number {
    this.#forget(nowMs);
    return (this.#sent.reduce((sum, { bytes }) => sum + bytes, 0) * 8) / this.#windowMs;
  }

  #forget(nowMs: number): void {
    this.#sent = this.#sent.filter(({ atMs }) => nowMs - atMs <= this.#windowMs);
  }
}
