import { setTimeout } from 'node:timers/promises';
import type { SessionId } from '@kilat/shared/ids';
import type { BlobHash } from '@kilat/shared/save/save';
import type { Logger } from 'pino';
import { type IndexerSaves, IndexerSavesError } from './indexer-saves.ts';
import { looseParcel, type Parcel } from './parcels.ts';

const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 5_000;
/** The Indexer may lack a blob again after it was brought; more rounds than this mean something else is wrong. */
const ROUNDS = 3;

/** What became of a parcel. `incomplete`: the Indexer lacks contents that were not packed. */
export type Delivery = 'stored' | 'refused' | 'incomplete';

interface Queued {
  parcel: Parcel;
  onDone: (delivery: Delivery) => void;
}

/** Brings parcels to the Indexer, one after another per session, and repeats until they are stored or refused for good. */
export class Uploads {
  readonly #indexer: IndexerSaves;
  readonly #log: Logger;
  readonly #queues = new Map<SessionId, Queued[]>();
  readonly #working = new Map<SessionId, Promise<void>>();
  readonly #stopped = new AbortController();

  constructor(indexer: IndexerSaves, log: Logger) {
    this.#indexer = indexer;
    this.#log = log;
  }

  /** Takes over a parcel; of one session's, a newer one makes those needless that wait before it. */
  add(parcel: Parcel, onDone: (delivery: Delivery) => void = () => {}): void {
    const { sessionId } = parcel;
    const queue = this.#queues.get(sessionId) ?? [];
    const [underWay, ...waiting] = queue;
    const isNeedless = (queued: Queued) => parcel.report.content.is === 'files' && !queued.parcel.report.final;
    for (const needless of waiting.filter(isNeedless)) void needless.parcel.remove();
    const kept = waiting.filter((queued) => !isNeedless(queued));
    this.#queues.set(sessionId, [...(underWay === undefined ? [] : [underWay]), ...kept, { parcel, onDone }]);
    if (this.#working.has(sessionId)) return;
    const work = this.#work(sessionId).finally(() => this.#working.delete(sessionId));
    this.#working.set(sessionId, work);
  }

  /** Waits for what is under way, at most `withinMs`; the rest is taken up by the next agent. */
  async close(withinMs: number): Promise<void> {
    await Promise.race([Promise.all(this.#working.values()), setTimeout(withinMs, undefined, { ref: false })]);
    this.#stopped.abort();
  }

  async #work(sessionId: SessionId): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    for (let next = this.#next(sessionId); next !== undefined; next = this.#next(sessionId)) {
      const delivery = await this.#deliver(next.parcel, retryMs === FIRST_RETRY_MS);
      if (this.#stopped.signal.aborted) return;
      if (delivery === 'later') {
        await setTimeout(retryMs * (0.75 + Math.random() / 2), undefined, { ref: false });
        retryMs = Math.min(2 * retryMs, MAX_RETRY_MS);
        continue;
      }
      retryMs = FIRST_RETRY_MS;
      const told = delivery === 'stored' ? [] : await this.#refused(next.parcel);
      await next.parcel.remove().catch(() => undefined);
      this.#queues.set(sessionId, [...told, ...(this.#queues.get(sessionId)?.slice(1) ?? [])]);
      next.onDone(delivery);
    }
    this.#queues.delete(sessionId);
  }

  /** A last save that the Indexer will never take is kept aside, and the player is told. */
  async #refused(parcel: Parcel): Promise<Queued[]> {
    const { sessionId, report } = parcel;
    if (!report.final || report.content.is !== 'files') return [];
    const kept = await parcel.setAside().catch((error: Error) => `nowhere (${error.message})`);
    this.#log.error({ sessionId, kept }, 'a last save was not taken');
    const content = { is: 'uncollected', problem: 'not-collected' } as const;
    return [{ parcel: looseParcel(sessionId, { ...report, content }), onDone: () => {} }];
  }

  #next(sessionId: SessionId): Queued | undefined {
    return this.#stopped.signal.aborted ? undefined : this.#queues.get(sessionId)?.[0];
  }

  async #deliver({ sessionId, report, blob }: Parcel, isFirst: boolean): Promise<Delivery | 'later'> {
    try {
      if (report.content.is === 'files') {
        const missing = await this.#indexer.missing(sessionId, [
          ...new Set(report.content.files.map(({ sha256 }) => sha256)),
        ]);
        if (!(await this.#bring(sessionId, missing, blob))) return 'incomplete';
      }
      for (let round = 0; round < ROUNDS; round++) {
        const reply = await this.#indexer.report(sessionId, report);
        if (reply.is !== 'missing') {
          this.#log.info({ sessionId, outcome: reply.is, final: report.final }, 'saves reported');
          return 'stored';
        }
        if (!(await this.#bring(sessionId, reply.missing, blob))) return 'incomplete';
      }
      return 'later';
    } catch (error) {
      const why = error as Error;
      if (error instanceof IndexerSavesError && !error.isPassing) {
        this.#log.error(
          { sessionId, reason: error.reason, detail: why.message },
          'the Indexer does not take this save',
        );
        return 'refused';
      }
      if (isFirst) this.#log.warn({ sessionId, error: why.message }, 'saves are not stored yet; trying again');
      return 'later';
    }
  }

  async #bring(sessionId: SessionId, missing: readonly BlobHash[], blob: Parcel['blob']): Promise<boolean> {
    for (const sha256 of missing) {
      const bytes = await blob(sha256);
      if (bytes === undefined) return false;
      await this.#indexer.put(sessionId, sha256, bytes);
    }
    return true;
  }
}
