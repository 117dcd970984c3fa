import type { EdgeAnnouncement } from '@kilat/shared/edge/messages';
import type { SessionId } from '@kilat/shared/ids';
import type { EndReason, LiveState } from '@kilat/shared/session/life';
import type { Logger } from 'pino';
import type { EdgeConnection } from '../edges/edge-connection.ts';
import type { EdgeListener, EdgeRegistry } from '../edges/edge-registry.ts';
import type { LiveSession } from './live-session.ts';
import type { LiveSessions } from './live-sessions.ts';

/** How long edges are waited for, ms. */
export interface PresenceTimings {
  /** A silent edge may take this long to return before its sessions are given up. */
  edgeReturnMs: number;
  /** A returned edge may take this long to report the end of a session it no longer has. */
  ownReportMs: number;
  /** A player who wants to go on waits this long for a session's edge. */
  resumeWaitMs: number;
}
export const PRESENCE_TIMINGS: PresenceTimings = { edgeReturnMs: 15_000, ownReportMs: 2_000, resumeWaitMs: 5_000 };

/** How long an edge may take to acknowledge an end, ms. */
const END_TIMEOUT_MS = 2_000;
/** How long an edge that does not say it holds a session. */
const HELD_MS = 60_000;

type AnnouncedSession = EdgeAnnouncement['sessions'][number];

/** Keeps sessions and edges in step while edges, or this Indexer, go and come back. */
export class EdgePresence implements EdgeListener {
  readonly #registry: EdgeRegistry;
  readonly #sessions: LiveSessions;
  readonly #log: Logger;
  readonly #timings: PresenceTimings;
  readonly #deadlines = new Map<SessionId, NodeJS.Timeout>();
  /** Sessions that an edge came back with and that are not taken up yet. */
  readonly #unmet = new WeakMap<EdgeConnection, Map<SessionId, AnnouncedSession>>();
  readonly #meetings = new Map<AnnouncedSession, Promise<void>>();
  #closed = false;

  constructor(registry: EdgeRegistry, sessions: LiveSessions, log: Logger, timings: PresenceTimings) {
    this.#registry = registry;
    this.#sessions = sessions;
    this.#log = log;
    this.#timings = timings;
  }

  /** After a restart every unfinished session waits for its edge; its picture may well be running all the while. */
  awaitEdges(sessions: readonly LiveSession[]): void {
    for (const session of sessions) this.#expect(session, this.#timings.edgeReturnMs);
  }

  readonly announced = (edge: EdgeConnection): void => {
    const alive = new Set(edge.announcement.sessions.map(({ sessionId }) => sessionId));
    for (const session of this.#sessions.ofEdge(edge.edgeId)) {
      session.mayJump = true;
      if (!alive.has(session.facts.sessionId)) this.expectReport(session);
    }
    const unmet = new Map(edge.announcement.sessions.map((announced) => [announced.sessionId, announced]));
    this.#unmet.set(edge, unmet);
    for (const sessionId of unmet.keys()) {
      this.met(edge, sessionId).catch((error: unknown) => {
        this.#log.error({ err: error, sessionId }, 'a session of a returned edge could not be taken up yet');
      });
    }
  };

  /**
   * Once a session that an edge came back with is taken up. Rejects while that cannot be written down: what the edge
   * has to tell of it must not be acknowledged before.
   */
  async met(edge: EdgeConnection, sessionId: SessionId): Promise<void> {
    const announced = this.#unmet.get(edge)?.get(sessionId);
    if (announced === undefined) return;
    const meeting = this.#meetings.get(announced) ?? this.#meet(edge, announced);
    this.#meetings.set(announced, meeting);
    try {
      await meeting;
      this.#unmet.get(edge)?.delete(sessionId);
    } finally {
      this.#meetings.delete(announced);
    }
  }

  readonly gone = (edge: EdgeConnection): void => {
    if (this.#closed) return;
    for (const session of this.#sessions.ofEdge(edge.edgeId)) {
      void this.#sessions.record(session, { type: 'edge-silent' });
      this.#expect(session, this.#timings.edgeReturnMs);
    }
  };

  /**
   * The edge of a session that is not over, waiting for its return; undefined when it does not come in time or the
   * session ends meanwhile. After a restart of this Indexer every edge needs a moment to find it again.
   */
  async edgeOf(session: LiveSession): Promise<EdgeConnection | undefined> {
    const connected = (): EdgeConnection | undefined =>
      session.edgeId === undefined ? undefined : this.#registry.get(session.edgeId);
    const edge = connected();
    if (edge !== undefined) return edge;
    const over = session.reaches(({ is }) => is === 'ended', this.#timings.resumeWaitMs);
    return await this.#registry.until(connected, over);
  }

  /** The edge knows nothing of the session: unless it reports the end itself, the session is lost. */
  expectReport(session: LiveSession): void {
    this.#expect(session, this.#timings.ownReportMs);
  }

  /** As `expectReport`, and waits for the end; why it ended, undefined where not even the Indexer knows yet. */
  async learnEnd(session: LiveSession): Promise<EndReason | undefined> {
    this.expectReport(session);
    // The Indexer's own verdict falls after `ownReportMs`, and is written down first.
    await session.reaches(({ is }) => is === 'ended', this.#timings.ownReportMs + 500);
    return session.state.is === 'ended' ? session.state.reason : undefined;
  }

  /** Ends a session for a player, through its edge where it can be reached. */
  async end(session: LiveSession, reason: 'left' | 'replaced'): Promise<void> {
    if (session.state.is === 'ended') return;
    session.ending = true;
    const edge = session.edgeId === undefined ? undefined : this.#registry.get(session.edgeId);
    const answer = await edge?.call('end', { sessionId: session.facts.sessionId, reason }, END_TIMEOUT_MS);
    // An edge that agrees reports the end itself, with the metered time.
    if (answer?.is === 'answered' && answer.reply.ok) return;
    await this.#sessions.end(session, reason);
  }

  /** Tells an edge to drop a session that is not its own, or no longer wanted. */
  dismiss(edge: EdgeConnection, sessionId: SessionId): void {
    void edge.call('end', { sessionId, reason: 'left' }, END_TIMEOUT_MS);
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#deadlines.values()) clearTimeout(timer);
  }

  async #meet(edge: EdgeConnection, announced: AnnouncedSession): Promise<void> {
    const { sessionId, playerId, titleId } = announced;
    const session =
      (await this.#sessions.find(sessionId)) ??
      (await this.#sessions.adopt({ sessionId, playerId, titleId, requestedAtMs: Date.now() }, edge.edgeId));
    await session.asking?.decided;
    if (session.state.is === 'ended' || (session.edgeId ?? edge.edgeId) !== edge.edgeId)
      return this.dismiss(edge, sessionId);
    session.edgeId = edge.edgeId;
    session.mayJump = true;
    clearTimeout(this.#deadlines.get(sessionId));
    this.#deadlines.delete(sessionId);
    if (session.state.is === 'requested') session.state = stateAnnounced(edge, announced);
    if (session.state.is === 'orphaned') await this.#sessions.record(session, { type: 'edge-back' });
  }

  #expect(session: LiveSession, withinMs: number): void {
    const { sessionId } = session.facts;
    clearTimeout(this.#deadlines.get(sessionId));
    const timer = setTimeout(() => {
      this.#deadlines.delete(sessionId);
      void this.#sessions.end(session, 'edge-lost');
    }, withinMs);
    this.#deadlines.set(sessionId, timer);
  }
}

/** The state an edge names, for a session whose own history does not tell. */
function stateAnnounced({ edgeId, announcement }: EdgeConnection, { state }: AnnouncedSession): LiveState {
  switch (state) {
    case 'starting':
      return { is: 'starting', edgeId, stage: 'reserved' };
    case 'playing':
      return { is: 'playing', edgeId };
    case 'held':
      return { is: 'held', edgeId, untilMs: Date.now() + (announcement.holdMs ?? HELD_MS) };
  }
}
