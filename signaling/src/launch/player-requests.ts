import type { PlayerId, SessionId, TitleId } from '@kilat/shared/ids';
import type { LaunchReply, LaunchRequest, playerCalls, Refusal, ResumeRequest } from '@kilat/shared/launch/messages';
import type { SessionState } from '@kilat/shared/session/life';
import type { LoadedTitle } from '@kilat/titles/load';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { EdgeConnection } from '../edges/edge-connection.ts';
import type { EdgeRegistry } from '../edges/edge-registry.ts';
import { ownsSession } from '../identity/resume-token.ts';
import { match } from '../match/match.ts';
import type { Metrics } from '../metrics.ts';
import type { SaveDesk } from '../saves/save-desk.ts';
import type { EdgePresence } from '../session/edge-presence.ts';
import type { LiveSession } from '../session/live-session.ts';
import type { LiveSessions } from '../session/live-sessions.ts';
import type { Database } from '../store/database.ts';
import type { QualityStore } from '../store/quality-store.ts';
import { MOST_SESSIONS, sortOwnSessions } from './own-sessions.ts';
import { reserve } from './reserve.ts';
import { offerOf, offersH264, refusal } from './session-offer.ts';

/** How long an edge may take to give a session a new transport, ms. */
const ATTACH_TIMEOUT_MS = 2_000;
/** An edge finds within this time, ms, that the page of a session is gone. */
const ABANDONED_WAIT_MS = 5_000;
const isUnplayed = ({ is }: SessionState): boolean => is === 'held' || is === 'ended';

/** What players' requests stand on. */
export interface PlayerRequestParts {
  secret: Uint8Array;
  titles: ReadonlyMap<TitleId, LoadedTitle>;
  registry: EdgeRegistry;
  sessions: LiveSessions;
  presence: EdgePresence;
  database: Database;
  saves: SaveDesk;
  quality: QualityStore;
  metrics: Metrics;
  log: Logger;
}

/** The player's end of a request: who it is, whether it still listens, and how it comes to hear of a session. */
export interface Caller {
  playerId: PlayerId;
  connected: () => boolean;
  follow: (session: LiveSession) => void;
  /** Whether any other page listens to a session. */
  isFollowedByOthers: (session: LiveSession) => boolean;
}

/** A session that its bearer named and proved to own. */
interface Owned {
  sessionId: SessionId;
  resumeToken: string;
}
type Done = { ok: true } | Refusal;
type QualityReport = z.output<(typeof playerCalls)['quality']['request']>;

/** What players may ask of the Indexer, each with its answer. */
export class PlayerRequests {
  readonly #parts: PlayerRequestParts;

  constructor(parts: PlayerRequestParts) {
    this.#parts = parts;
  }

  async launch(caller: Caller, request: LaunchRequest): Promise<LaunchReply> {
    const { metrics } = this.#parts;
    const startedMs = performance.now();
    const reply = await this.#launch(caller, request);
    metrics.launches.inc({ result: reply.ok ? 'ok' : reply.reason });
    if (reply.ok) metrics.launchSeconds.observe((performance.now() - startedMs) / 1000);
    return reply;
  }

  async #launch(caller: Caller, { titleId, media }: LaunchRequest): Promise<LaunchReply> {
    const { titles, database, sessions, presence, secret, log } = this.#parts;
    const title = titles.get(titleId);
    if (title === undefined) return refusal('unknown-title');
    if (!offersH264(media)) return refusal('no-h264');
    if (database.failure !== undefined) return refusal('indexer-trouble', database.failure);

    const found = await this.#room(caller, titleId);
    if ('ok' in found) return found;
    if (!caller.connected()) return refusal('session-ended', 'left');

    // Asked for before the session is written down: the store answers one after another.
    const announcedSaves = this.#parts.saves.announced(caller.playerId, titleId);
    const { session, stored } = sessions.begin(caller.playerId, titleId);
    const { sessionId } = session.facts;
    // Before any edge is asked: its first stages are on their way before its acceptance is.
    caller.follow(session);
    const written = stored.then(
      () => true,
      () => false,
    );
    const reserved = await reserve(this.#parts, session, found.edges, media, announcedSaves);
    if (!(await written)) {
      sessions.forget(session);
      if (reserved.ok) presence.dismiss(reserved.edge, sessionId);
      return refusal('indexer-trouble', database.failure);
    }
    if (session.ending) {
      // Its player launched another meanwhile.
      if (reserved.ok) presence.dismiss(reserved.edge, sessionId);
      return refusal('session-ended', 'replaced');
    }
    if (!reserved.ok) {
      await sessions.end(session, 'start-failed', `No edge took the session: ${reserved.reason}`);
      return refusal(reserved.reason);
    }
    if (!caller.connected()) {
      await presence.end(session, 'left');
      return refusal('session-ended', 'left');
    }
    const { edge, accepted } = reserved;
    log.info({ sessionId, titleId, edgeId: edge.edgeId, warmth: accepted.warmth }, 'session launched');
    return await offerOf(secret, session, title, edge, accepted);
  }

  /** A new transport for a session that goes on. */
  async resume(caller: Caller, request: ResumeRequest): Promise<LaunchReply> {
    const { titles, presence, secret, log } = this.#parts;
    const session = await this.#owned(request);
    if ('ok' in session) return session;
    if (!offersH264(request.media)) return refusal('no-h264');
    const { sessionId, titleId } = session.facts;
    const title = titles.get(titleId);
    if (title === undefined) return refusal('unknown-title');
    const edge = session.state.is === 'ended' ? undefined : await presence.edgeOf(session);
    if (session.state.is === 'ended') return refusal('session-ended', session.state.reason);
    if (edge === undefined) return refusal('edge-gone');
    const answer = await edge.call('attach', { sessionId, media: request.media }, ATTACH_TIMEOUT_MS);
    if (answer.is !== 'answered') return refusal('edge-gone');
    if (!answer.reply.ok) {
      if (answer.reply.reason === 'no-h264') return refusal('no-h264');
      if (answer.reply.reason !== 'unknown-session')
        return refusal('edge-gone', answer.reply.detail ?? answer.reply.reason);
      return refusal('session-ended', await presence.learnEnd(session));
    }
    caller.follow(session);
    log.info({ sessionId, edgeId: edge.edgeId }, 'session resumed');
    return await offerOf(secret, session, title, edge, answer.reply);
  }

  async leave(owned: Owned): Promise<Done> {
    const session = await this.#owned(owned);
    if ('ok' in session) return session;
    await this.#parts.presence.end(session, 'left');
    return { ok: true };
  }

  /** Tells the caller of a session's events again, and of those to come. */
  async watch(caller: Caller, owned: Owned, tell: (session: LiveSession) => void): Promise<Done> {
    const session = await this.#owned(owned);
    if ('ok' in session) return session;
    caller.follow(session);
    tell(session);
    return { ok: true };
  }

  /** Stores what a page reports of its session: one window or many. */
  async quality({ record, records, ...owned }: QualityReport): Promise<Done> {
    const { quality, metrics, database } = this.#parts;
    const session = await this.#owned(owned);
    if ('ok' in session) return session;
    if (database.failure !== undefined) return refusal('indexer-trouble', database.failure);
    const sent = record === undefined ? (records ?? []) : [record];
    for (const { measure, latencyMs } of await quality.append(session.facts.sessionId, sent)) {
      if (latencyMs !== null) metrics.latencySeconds.observe({ measure }, latencyMs.p50 / 1000);
    }
    return { ok: true };
  }

  /** Edges to ask, after the player's sessions that nobody plays have given way. */
  async #room(caller: Caller, titleId: TitleId): Promise<{ edges: EdgeConnection[] } | Refusal> {
    const { sessions, presence } = this.#parts;
    const makeRoom = async (over: LiveSession[]) => {
      const { replaced, kept } = sortOwnSessions(sessions.liveOf(caller.playerId));
      if (kept.length >= MOST_SESSIONS) return { kept, found: refusal('too-many-sessions') };
      await Promise.all(replaced.map((session) => presence.end(session, 'replaced')));
      return { kept, found: this.#candidates(titleId, [...replaced, ...over]) };
    };
    const { kept, found } = await makeRoom([]);
    if (!('ok' in found) || (found.reason !== 'all-full' && found.reason !== 'too-many-sessions')) return found;
    // A tab was closed just now: in a moment its session waits for its player, who is the one asking.
    const abandoned = kept.filter((session) => !caller.isFollowedByOthers(session));
    if (abandoned.length === 0) return found.reason === 'all-full' ? this.#fullOf(kept) : found;
    await Promise.race(abandoned.map((session) => session.reaches(isUnplayed, ABANDONED_WAIT_MS)));
    return (await makeRoom(abandoned.filter(({ state }) => state.is === 'ended'))).found;
  }

  /** Who looks for a seat should know of the one that is their own. */
  #fullOf([own]: readonly LiveSession[]): Refusal {
    const name = own && this.#parts.titles.get(own.facts.titleId)?.name;
    return refusal('all-full', name && `One of the seats is your own: you play ${name} in another tab.`);
  }

  /** Edges to ask. A slot that the player's own session just left may not be reported free yet: its edge is asked too. */
  #candidates(titleId: TitleId, replaced: readonly LiveSession[]): { edges: EdgeConnection[] } | Refusal {
    const { registry } = this.#parts;
    const found = match(titleId, registry.all());
    const freed = replaced.flatMap(({ edgeId }) => (edgeId === undefined ? [] : (registry.get(edgeId) ?? [])));
    if (found.is === 'candidates')
      return { edges: [...found.edges, ...freed.filter((edge) => !found.edges.includes(edge))] };
    if (found.is === 'all-full' && freed.length > 0) return { edges: freed };
    return refusal(found.is);
  }

  async #owned({ sessionId, resumeToken }: Owned): Promise<LiveSession | Refusal> {
    if (!(await ownsSession(this.#parts.secret, resumeToken, sessionId))) return refusal('not-yours');
    return (await this.#parts.sessions.find(sessionId)) ?? refusal('session-ended');
  }
}
