import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FILE = 'draining-since';

/**
 * Whether the operator has asked this edge to take no new sessions. Kept on disk: a machine that is to be taken away does
 * not fill up again because its agent was started anew.
 */
export class Drain {
  readonly #path: string;
  readonly #onChange: (draining: boolean) => void;
  #sinceMs: number | undefined;

  private constructor(path: string, sinceMs: number | undefined, onChange: (draining: boolean) => void) {
    this.#path = path;
    this.#sinceMs = sinceMs;
    this.#onChange = onChange;
  }

  static async load(folder: string, onChange: (draining: boolean) => void): Promise<Drain> {
    const path = join(folder, FILE);
    const text = await readFile(path, 'utf8').catch(() => undefined);
    const sinceMs = text === undefined ? undefined : Number(text) || Date.now();
    return new Drain(path, sinceMs, onChange);
  }

  /** Since when, ms since 1970; undefined while sessions are taken. */
  get sinceMs(): number | undefined {
    return this.#sinceMs;
  }

  /** Takes no new session from now on; running ones go on. Idempotent. */
  async begin(): Promise<void> {
    if (this.#sinceMs !== undefined) return;
    const sinceMs = Date.now();
    await writeFile(this.#path, String(sinceMs));
    this.#sinceMs = sinceMs;
    this.#onChange(true);
  }

  async end(): Promise<void> {
    if (this.#sinceMs === undefined) return;
    await rm(this.#path, { force: true });
    this.#sinceMs = undefined;
    this.#onChange(false);
  }
}
