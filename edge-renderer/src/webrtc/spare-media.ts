import type { MediaWorker, MediaWorkers } from './media-workers.ts';
import { SessionMedia } from './session-media.ts';

/** The next spare is made this long after one was taken, ms: not while the launch that took it is under way. */
const REFILL_AFTER_MS = 2_000;

/** Keeps one session's media ready: making it takes a dozen round trips to the worker, in the middle of a launch. */
export class SpareMedia {
  readonly #workers: MediaWorkers;
  #spare: SessionMedia | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(workers: MediaWorkers) {
    this.#workers = workers;
  }

  /** The spare, or a new one where the spare died with its worker. */
  async take(worker: MediaWorker): Promise<SessionMedia> {
    const spare = this.#spare;
    this.#spare = undefined;
    this.#timer ??= setTimeout(() => void this.fill(), REFILL_AFTER_MS);
    return spare?.alive ? spare : await SessionMedia.create(worker);
  }

  /** Makes a spare unless there is one; a worker that dies meanwhile makes none. */
  async fill(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const worker = this.#workers.current;
    if (worker === undefined || this.#spare?.alive) return;
    this.#spare = await SessionMedia.create(worker).catch(() => undefined);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#spare?.close();
  }
}
