import { closeSync, openSync } from 'node:fs';

/** Paths of namespaces; a user namespace where an edge that is not root made one to make the other. */
export interface NamespacePaths {
  network: string;
  user: string | undefined;
}

/** Namespaces that are there, with paths for anybody to enter them, as long as this process holds them. */
export class HeldNamespaces {
  readonly #network: number;
  readonly #user: number | undefined;

  /** Throws where a path leads nowhere any more; nothing is held then. */
  constructor({ network, user }: NamespacePaths) {
    this.#network = openSync(network, 'r');
    try {
      this.#user = user === undefined ? undefined : openSync(user, 'r');
    } catch (error) {
      closeSync(this.#network);
      throw error;
    }
  }

  get paths(): NamespacePaths {
    return { network: pathOf(this.#network), user: this.#user === undefined ? undefined : pathOf(this.#user) };
  }

  /** Once. */
  close(): void {
    closeSync(this.#network);
    if (this.#user !== undefined) closeSync(this.#user);
  }
}

const pathOf = (descriptor: number): string => `/proc/${process.pid}/fd/${descriptor}`;
