/** Says how far a run is: one line that is rewritten on a terminal, a line now and then elsewhere. */
export class Progress {
  readonly #out: NodeJS.WriteStream;
  #lastPlainMs = Number.NEGATIVE_INFINITY;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  /** A stage began. */
  stage(text: string): void {
    this.#clear();
    this.#out.write(`${text}\n`);
  }

  /** `done` of `total` within a stage, and the latest figure. */
  step(done: number, total: number, latest: string): void {
    const text = `  ${done} of ${total}  ${latest}`;
    if (this.#out.isTTY) {
      this.#clear();
      this.#out.write(text);
    } else if (done === total || performance.now() - this.#lastPlainMs > 10_000) {
      this.#lastPlainMs = performance.now();
      this.#out.write(`${text}\n`);
    }
    if (done === total && this.#out.isTTY) this.#out.write('\n');
  }

  #clear(): void {
    if (this.#out.isTTY) this.#out.write('\r\x1b[2K');
  }
}
