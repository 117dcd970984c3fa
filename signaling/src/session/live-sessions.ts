import { newSessionId, type EdgeId, type PlayerId, type SessionId, type TitleId } from '@kilat/shared/ids';
import type { EndReason, NumberedEvent, SessionEvent } from '@kilat/shared/session/life';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.ts';
import type { SessionFacts, SessionStore, SourcedEvent } from '../store/session-store.ts';
import { isRefusedData } from '../store/database.ts';
import { LiveSession } from './live-session.ts';

/** An ended session stays in memory this long, ms, for late repeats and reports. */
const REMEMBER_ENDED_MS = 60_000;

/** What others hear of sessions. */
export interface SessionListener {
  /** An event became part of a session. */
  happened: (session: LiveSession, event: SourcedEvent) => void;
  /** An edge reports a session that is another edge's. */
  foreign: (edgeId: EdgeId, sessionId: SessionId) => void;
}

/** All sessions that are not over, and those that ended just now. */
export class LiveSessions {
  readonly #store: SessionStore;
  readonly #metrics: Metrics;
  readonly #log: Logger;
  readonly #sessions = new Map<SessionId, LiveSession>();
  readonly #loading = new Map<SessionId, Promise<LiveSession | undefined>>();
  readonly #forgetting = new Map<SessionId, NodeJS.Timeout>();
  #listener: SessionListener | undefined;

  constructor(store: SessionStore, metrics: Metrics, log: Logger) {
    this.#store = store;
    this.#metrics = metrics;
    this.#log = log;
  }

  listen(listener: SessionListener): void {
    this.#listener = listener;
  }

  /** Takes up what an earlier run left unfinished. */
  async load(): Promise<LiveSession[]> {
    for (const { facts, events } of await this.#store.unfinished()) {
      this.#sessions.set(facts.sessionId, LiveSession.restored(facts, events));
    }
    return this.live();
  }

  /** Sessions that are not over. */
  live(): LiveSession[] {
    return [...this.#sessions.values()].filter(({ state }) => state.is !== 'ended');
  }

  ofEdge(edgeId: EdgeId): LiveSession[] {
    return this.live().filter((session) => session.edgeId === edgeId);
  }

  liveOf(playerId: PlayerId): LiveSession[] {
    return this.live().filter(({ facts }) => facts.playerId === playerId);
  }

  /** A new session; `stored` settles once its first record is written. */
  begin(playerId: PlayerId, titleId: TitleId): { session: LiveSession; stored: Promise<void> } {
    const session = new LiveSession({ sessionId: newSessionId(), playerId, titleId, requestedAtMs: Date.now() });
    this.#sessions.set(session.facts.sessionId, session);
    const requested = session.ownEvent({ type: 'requested' });
    const stored = session.inTurn(async () => {
      await this.#store.add(session.facts);
      await this.#store.append(session.facts.sessionId, [requested]);
      session.fold(requested);
    });
    return { session, stored };
  }

  /** Drops a session whose first record could not be written. */
  forget(session: LiveSession): void {
    this.#sessions.delete(session.facts.sessionId);
  }

  /** Takes up a session that an edge runs and this Indexer has no record of. */
  async adopt(facts: SessionFacts, edgeId: EdgeId): Promise<LiveSession> {
    await this.#store.add(facts);
    // Somebody may have looked it up between the two.
    const session = this.#sessions.get(facts.sessionId) ?? new LiveSession(facts);
    session.edgeId ??= edgeId;
    this.#sessions.set(facts.sessionId, session);
    return session;
  }

  /** A session by its id, from memory or as it was written down. */
  async find(sessionId: SessionId): Promise<LiveSession | undefined> {
    const known = this.#sessions.get(sessionId);
    if (known !== undefined) return known;
    const loading = this.#loading.get(sessionId) ?? this.#fromStore(sessionId);
    this.#loading.set(sessionId, loading);
    try {
      return await loading;
    } finally {
      this.#loading.delete(sessionId);
    }
  }

  /**
   * Stores and folds what an edge reports; the highest number it need not repeat. Rejects while records cannot be
   * written. Reports on sessions of others are dropped, and acknowledged so that they stop.
   */
  async receive(edgeId: EdgeId, sessionId: SessionId, sent: readonly NumberedEvent[]): Promise<number> {
    const last = Math.max(...sent.map(({ n }) => n));
    const session = await this.find(sessionId);
    if (session === undefined) {
      this.#metrics.dropped.inc({ door: 'edge', reason: 'unknown-session' });
      return last;
    }
    // An edge reports its first stages before it has accepted. They count once the session is its own: of an edge that
    // is passed over for its silence, nothing may mix with what the next one reports.
    if (session.asking?.edgeId === edgeId) await session.asking.decided;
    return await session.inTurn(async () => {
      if (edgeId !== session.edgeId) {
        this.#metrics.dropped.inc({ door: 'edge', reason: 'foreign-session' });
        if (!sent.some(({ event }) => event.type === 'ended')) this.#listener?.foreign(edgeId, sessionId);
        return last;
      }
      // Events of the Indexer's own kinds, or a reservation in another's name, are no edge's to write.
      const events = session.continuation(sent).map((event) => ({ ...event, source: 'edge' as const }));
      const genuine = events.filter(({ event }) => isEdgesOwn(event, edgeId));
      if (genuine.length < events.length)
        this.#metrics.dropped.inc({ door: 'edge', reason: 'not-its-event' }, events.length - genuine.length);
      if (genuine.length > 0) await this.#save(session, genuine);
      for (const event of genuine) this.#take(session, event);
      const reached = events.at(-1)?.n;
      if (reached !== undefined) {
        session.edgeUpTo = reached;
        session.mayJump = false;
      }
      return session.edgeUpTo;
    });
  }

  /** Adds an event of the Indexer's own; what cannot be stored now is stored later. */
  async record(session: LiveSession, event: SessionEvent): Promise<void> {
    await session.inTurn(async () => {
      if (session.state.is === 'ended') return;
      const own = session.ownEvent(event);
      session.unsaved.push(own);
      await this.#save(session, []).catch(() => undefined);
      this.#take(session, own);
    });
  }

  /** Ends a session that no edge will report on any more. */
  async end(session: LiveSession, reason: EndReason, detail?: string): Promise<void> {
    const meteredSeconds = session.playedSeconds(Date.now());
    await this.record(session, { type: 'ended', reason, meteredSeconds, ...(detail === undefined ? {} : { detail }) });
  }

  /** Writes what had to wait for the disk. */
  async saveUnsaved(): Promise<void> {
    for (const session of this.#sessions.values()) {
      if (session.unsaved.length > 0) await session.inTurn(() => this.#save(session, [])).catch(() => undefined);
    }
  }

  close(): void {
    for (const timer of this.#forgetting.values()) clearTimeout(timer);
  }

  async #fromStore(sessionId: SessionId): Promise<LiveSession | undefined> {
    const stored = await this.#store.find(sessionId);
    if (stored === undefined) return undefined;
    const session = LiveSession.restored(stored.facts, stored.events);
    this.#sessions.set(sessionId, session);
    if (session.state.is === 'ended') this.#forgetLater(session);
    return session;
  }

  async #save(session: LiveSession, events: readonly SourcedEvent[]): Promise<void> {
    const waiting = session.unsaved;
    const all = [...waiting, ...events];
    try {
      await this.#store.append(session.facts.sessionId, all);
    } catch (error) {
      if (!isRefusedData(error)) throw error;
      for (const event of all) await this.#saveWithoutDetail(session, event);
    }
    session.unsaved = session.unsaved.filter((event) => !waiting.includes(event));
  }

  /**
   * Stores an event of a bunch that the database refused for its data, if need be without its free text. One that is
   * refused all the same is given up: repeated for ever, it would hold back everything else its edge has to tell.
   */
  async #saveWithoutDetail(session: LiveSession, sourced: SourcedEvent): Promise<void> {
    const { sessionId } = session.facts;
    const { event } = sourced;
    for (const attempt of [sourced, { ...sourced, event: withoutDetail(event) }]) {
      try {
        return await this.#store.append(sessionId, [attempt]);
      } catch (error) {
        if (!isRefusedData(error)) throw error;
        this.#log.error({ err: error, sessionId, type: event.type }, 'the database refuses an event for its data');
      }
    }
    this.#metrics.dropped.inc({ door: 'edge', reason: 'not-storable' });
  }

  #take(session: LiveSession, sourced: SourcedEvent): void {
    const wasOver = session.state.is === 'ended';
    session.fold(sourced);
    const { event } = sourced;
    this.#metrics.sessionEvents.inc({ type: event.type });
    if (session.state.is === 'ended' && !wasOver) {
      const { reason, meteredSeconds } = session.state;
      this.#metrics.endedSessions.inc({ reason });
      this.#log.info({ sessionId: session.facts.sessionId, reason, meteredSeconds }, 'session ended');
      this.#forgetLater(session);
    }
    if (!wasOver) this.#listener?.happened(session, sourced);
  }

  #forgetLater(session: LiveSession): void {
    const { sessionId } = session.facts;
    clearTimeout(this.#forgetting.get(sessionId));
    const timer = setTimeout(() => {
      this.#forgetting.delete(sessionId);
      if (session.unsaved.length > 0) this.#forgetLater(session);
      else this.#sessions.delete(sessionId);
    }, REMEMBER_ENDED_MS);
    this.#forgetting.set(sessionId, timer);
  }
}

function withoutDetail(event: SessionEvent): SessionEvent {
  if (event.type !== 'ended') return event;
  const { detail: _, ...bare } = event;
  return bare;
}

function isEdgesOwn(event: SessionEvent, edgeId: EdgeId): boolean {
  switch (event.type) {
    case 'requested':
    case 'refused':
    case 'edge-silent':
    case 'edge-back':
      return false;
    case 'reserved':
      return event.edgeId === edgeId;
    case 'stage':
    case 'playing':
    case 'held':
    case 'ended':
      return true;
  }
}
