import type { Catalogue } from '@kilat/shared/title/catalogue';

/** Changes within this time, ms, make one notice. */
const GATHER_MS = 100;

/** Sends the catalogue when it differs from the one sent before; heartbeats that change nothing send nothing. */
export class CatalogueNotices {
  readonly #read: () => Catalogue;
  readonly #send: (catalogue: Catalogue) => void;
  #lastSent: string;
  #timer: NodeJS.Timeout | undefined;

  constructor(read: () => Catalogue, send: (catalogue: Catalogue) => void) {
    this.#read = read;
    this.#send = send;
    this.#lastSent = JSON.stringify(read());
  }

  mayHaveChanged(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const catalogue = this.#read();
      const text = JSON.stringify(catalogue);
      if (text === this.#lastSent) return;
      this.#lastSent = text;
      this.#send(catalogue);
    }, GATHER_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
