import { setTimeout } from 'node:timers/promises';
import { newIdText, type EdgeId, type PlayerId, type TitleId } from '@kilat/shared/ids';
import {
  ASIDE_FACTOR,
  type BlobHash,
  type EdgeSaveRefusal,
  type SavedFile,
  type SaveProblem,
  type SaveReport,
  type SaveReportReply,
  type SaveToRestore,
  SaveVersionId,
  sameContent,
} from '@kilat/shared/save/save';
import type { SavesSpec } from '@kilat/shared/title/manifest';
import type { LoadedTitle } from '@kilat/titles/load';
import type { Logger } from 'pino';
import type { LiveSession } from '../session/live-session.ts';
import type { LiveSessions } from '../session/live-sessions.ts';
import { type BlobStore, hashOf } from './blob-store.ts';
import type { SaveGarbage } from './garbage.ts';
import { dropOutlived } from './retention.ts';
import type { SaveStore } from './save-store.ts';
import type { Turns } from './turns.ts';

/** A launch waits this long, ms, for the last save of the player's game before it, which is on its way from its edge. */
const LAST_SAVE_MS = 8_000;

/** Why a request of an edge about saves is refused. */
export class EdgeSaveError extends Error {
  readonly reason: EdgeSaveRefusal;

  constructor(reason: EdgeSaveRefusal, message: string) {
    super(message);
    this.name = 'EdgeSaveError';
    this.reason = reason;
  }
}

/** What the desk stands on. */
export interface SaveDeskParts {
  store: SaveStore;
  blobs: BlobStore;
  garbage: SaveGarbage;
  turns: Turns;
  titles: ReadonlyMap<TitleId, LoadedTitle>;
  sessions: LiveSessions;
  isConnected: (edgeId: EdgeId) => boolean;
  log: Logger;
}

/** What edges may do with the saves of the sessions that live on them; every method is for one such session. */
export class SaveDesk {
  readonly #parts: SaveDeskParts;
  /** Sessions that have been told what to restore: what an earlier one brings from now on comes too late. */
  readonly #told = new WeakSet<LiveSession>();
  /** Sessions whose last save a launch waits for, or has waited for. */
  readonly #awaited = new WeakMap<LiveSession, PromiseWithResolvers<void>>();

  constructor(parts: SaveDeskParts) {
    this.#parts = parts;
  }

  /** What a reservation says of saves: undefined for a title without; `restore` when this player may have some. */
  async announced(playerId: PlayerId, titleId: TitleId): Promise<{ restore: boolean } | undefined> {
    const { titles, sessions, store } = this.#parts;
    if (titles.get(titleId)?.saves === undefined) return undefined;
    if (sessions.ofPlayer(playerId, titleId).some((session) => this.#isComing(session))) return { restore: true };
    try {
      const versions = await store.versions(playerId, titleId);
      return { restore: versions.some(({ problem }) => problem === null) };
    } catch {
      // Nobody plays past a save that cannot be read just now.
      return { restore: true };
    }
  }

  /** The version to put into the home: the newest good one, once the last save of an earlier session is in. */
  async toRestore(session: LiveSession): Promise<SaveToRestore> {
    this.#specOf(session);
    if (session.state.is === 'ended') throw new EdgeSaveError('not-your-session', 'The session is over.');
    await this.#awaitEarlier(session);
    const { store } = this.#parts;
    const versions = await store.versions(session.facts.playerId, session.facts.titleId);
    this.#told.add(session);
    const newest = versions.find(({ problem }) => problem === null);
    const files = newest === undefined ? undefined : await store.files(session.facts, newest.versionId);
    return {
      version: newest === undefined || files === undefined ? null : { versionId: newest.versionId, files },
    };
  }

  /** A blob of this player's saves of the title. One that no longer matches its hash takes its versions out of use. */
  async blob(session: LiveSession, sha256: BlobHash): Promise<Buffer> {
    const { store, blobs, sessions, log } = this.#parts;
    if (session.state.is === 'ended') throw new EdgeSaveError('not-your-session', 'The session is over.');
    if (!(await store.named(session.facts, [sha256])).has(sha256))
      throw new EdgeSaveError('not-found', 'No save of this player and title holds this blob.');
    const bytes = await blobs.get(sha256);
    if (bytes !== undefined && hashOf(bytes) === sha256) return bytes;
    log.error({ sha256, lost: bytes === undefined }, 'a stored save is corrupt');
    for (const versionId of await store.markCorrupt(session.facts, sha256))
      await sessions.record(session, { type: 'save-problem', problem: 'corrupt', versionId, final: false });
    // The same content, saved again, must not meet the spoilt bytes.
    await blobs.remove(sha256);
    throw new EdgeSaveError('corrupt', 'The stored save no longer matches its hash.');
  }

  /** Of these blobs, the ones its edge must bring. What only others have stored counts as missing: nobody learns of it. */
  async missing(session: LiveSession, hashes: readonly BlobHash[]): Promise<BlobHash[]> {
    this.#specOf(session);
    const { store, blobs } = this.#parts;
    const [named, uploads] = await Promise.all([
      store.named(session.facts, hashes),
      store.uploads(session.facts.sessionId),
    ]);
    const missing: BlobHash[] = [];
    for (const sha256 of new Set(hashes)) {
      if ((!named.has(sha256) && !uploads.has(sha256)) || !(await blobs.has(sha256))) missing.push(sha256);
    }
    return missing;
  }

  async putBlob(session: LiveSession, sha256: BlobHash, bytes: Buffer): Promise<void> {
    const { maxMb } = this.#specOf(session);
    if (hashOf(bytes) !== sha256) throw new EdgeSaveError('bad-request', 'The bytes do not match their hash.');
    const { store, blobs, turns } = this.#parts;
    const { sessionId } = session.facts;
    await turns.take(sha256, async () => {
      // Written down first, so that the collector leaves it alone; in turn, so that what comes at once is counted together.
      await turns.take(`uploads of ${sessionId}`, async () => {
        const uploads = await store.uploads(sessionId);
        uploads.set(sha256, bytes.length);
        const total = [...uploads.values()].reduce((sum, each) => sum + each, 0);
        if (total > ASIDE_FACTOR * maxMb * 2 ** 20)
          throw new EdgeSaveError('over-limit', `The title may store ${maxMb} MiB.`);
        await store.addUpload(sessionId, sha256, bytes.length);
      });
      if (!(await blobs.has(sha256))) await blobs.put(sha256, bytes);
    });
  }

  /** Takes a report: a new version becomes visible once all its blobs are there. Safe to repeat. */
  async report(session: LiveSession, report: SaveReport): Promise<SaveReportReply> {
    const { playerId, titleId } = session.facts;
    return await this.#parts.turns.take(`${playerId} ${titleId}`, async () => {
      const reply = await this.#take(session, report);
      if (report.final && reply.is !== 'missing') this.#awaited.get(session)?.resolve();
      return reply;
    });
  }

  async #take(session: LiveSession, { content, collectedAtMs, final }: SaveReport): Promise<SaveReportReply> {
    const spec = this.#specOf(session);
    const { store, sessions, log } = this.#parts;
    const { sessionId, requestedAtMs } = session.facts;
    switch (content.is) {
      case 'unchanged':
        if (!final || hasLastSave(session)) return { is: 'noted' };
        await sessions.record(session, { type: 'saved', versionId: null, final });
        return { is: 'noted' };
      case 'uncollected':
        await sessions.record(session, { type: 'save-problem', problem: content.problem, versionId: null, final });
        return { is: 'noted' };
      case 'files':
        break;
    }
    const { files } = content;
    const bytes = await this.#checked(session, spec, files);
    const versions = await store.versions(session.facts.playerId, session.facts.titleId);
    const last = versions.find((version) => version.sessionId === sessionId);
    if (last !== undefined && sameContent((await store.files(session.facts, last.versionId)) ?? [], files)) {
      await this.#tell(session, last.versionId, last.problem, final);
      return replyOf(last.versionId, last.problem);
    }
    const missing = await this.missing(
      session,
      files.map(({ sha256 }) => sha256),
    );
    if (missing.length > 0) return { is: 'missing', missing };
    const superseded =
      versions.some((version) => version.problem === null && version.requestedAtMs > requestedAtMs) ||
      this.#isFollowed(session);
    const problem = bytes > spec.maxMb * 2 ** 20 ? 'too-large' : superseded ? 'newer-exists' : null;
    const versionId = SaveVersionId.parse(`v_${newIdText()}`);
    await store.add({ ...session.facts, versionId, collectedAtMs, problem, files });
    log.info({ sessionId, versionId, files: files.length, bytes, problem, final }, 'saves stored');
    await this.#tell(session, versionId, problem, final);
    await this.#tidy(session);
    return replyOf(versionId, problem);
  }

  /** Bytes of a version's files, all of which must lie where the manifest says and be as large as what was brought. */
  async #checked({ facts }: LiveSession, { folders, maxMb }: SavesSpec, files: readonly SavedFile[]): Promise<number> {
    const uploads = await this.#parts.store.uploads(facts.sessionId);
    let total = 0;
    for (const { path, sha256, bytes } of files) {
      if (!folders.some((folder) => path === folder || path.startsWith(`${folder}/`)))
        throw new EdgeSaveError('bad-request', `${path} is in none of the title's save folders.`);
      if ((uploads.get(sha256) ?? bytes) !== bytes)
        throw new EdgeSaveError('bad-request', `${path} is not as large as it says.`);
      total += bytes;
    }
    if (total > ASIDE_FACTOR * maxMb * 2 ** 20)
      throw new EdgeSaveError('over-limit', `The title may store ${maxMb} MiB.`);
    return total;
  }

  async #tell(session: LiveSession, versionId: SaveVersionId, problem: SaveProblem | null, final: boolean) {
    const event =
      problem === null
        ? ({ type: 'saved', versionId, final } as const)
        : ({ type: 'save-problem', problem, versionId, final } as const);
    await this.#parts.sessions.record(session, event);
  }

  /** Drops what is outlived. What is left undone here the sweep does. */
  async #tidy({ facts }: LiveSession): Promise<void> {
    const { store, garbage, log } = this.#parts;
    try {
      await dropOutlived(store, garbage, facts, () => store.settleUploads(facts.sessionId));
    } catch (error) {
      log.warn({ error: (error as Error).message }, 'outlived saves could not be dropped');
    }
  }

  #specOf({ facts }: LiveSession): SavesSpec {
    const spec = this.#parts.titles.get(facts.titleId)?.saves;
    if (spec === undefined) throw new EdgeSaveError('no-saves', 'The title keeps no saves.');
    return spec;
  }

  /** Whether a session of the same player and title, launched later, plays on what was stored before this. */
  #isFollowed({ facts }: LiveSession): boolean {
    return this.#parts.sessions
      .ofPlayer(facts.playerId, facts.titleId)
      .some(
        (other) =>
          other.facts.requestedAtMs > facts.requestedAtMs && this.#told.has(other) && other.state.is !== 'ended',
      );
  }

  /** Whether a session's last save is still to come: it is ending or ended just now, and its edge can bring it. */
  #isComing(session: LiveSession): boolean {
    const endedAtMs = session.events.find(({ event }) => event.type === 'ended')?.atMs;
    const ending = endedAtMs === undefined ? session.ending : Date.now() - endedAtMs < LAST_SAVE_MS;
    return ending && !hasLastSave(session) && session.edgeId !== undefined && this.#parts.isConnected(session.edgeId);
  }

  async #awaitEarlier(session: LiveSession): Promise<void> {
    const { playerId, titleId } = session.facts;
    const coming = this.#parts.sessions
      .ofPlayer(playerId, titleId)
      .filter((other) => other !== session && this.#isComing(other))
      .map((other) => {
        const awaited = this.#awaited.get(other) ?? Promise.withResolvers<void>();
        this.#awaited.set(other, awaited);
        return awaited.promise;
      });
    if (coming.length > 0)
      await Promise.race([Promise.all(coming), setTimeout(LAST_SAVE_MS, undefined, { ref: false })]);
  }
}

const hasLastSave = ({ events }: LiveSession): boolean =>
  events.some(({ event }) => (event.type === 'saved' || event.type === 'save-problem') && event.final);

const replyOf = (versionId: SaveVersionId, problem: SaveProblem | null): SaveReportReply =>
  problem === null ? { is: 'kept', versionId } : { is: 'set-aside', versionId, problem };
