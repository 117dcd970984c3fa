import type { SessionId } from '@kilat/shared/ids';
import type { NumberedEvent, SessionEvent } from '@kilat/shared/session/life';

const MAX_EVENTS_PER_MESSAGE = 64;

/** Events of the edge's sessions, numbered from 1 per session, kept until the Indexer has stored them. */
export class EventOutbox {
  readonly #sessions = new Map<SessionId, { next: number; waiting: NumberedEvent[] }>();

  add(sessionId: SessionId, event: SessionEvent, atMs: number): void {
    const session = this.#sessions.get(sessionId) ?? { next: 1, waiting: [] };
    session.waiting.push({ n: session.next, atMs, event });
    session.next += 1;
    this.#sessions.set(sessionId, session);
  }

  /** The oldest unacknowledged events of each session. */
  pending(): { sessionId: SessionId; events: NumberedEvent[] }[] {
    return [...this.#sessions]
      .filter(([, { waiting }]) => waiting.length > 0)
      .map(([sessionId, { waiting }]) => ({ sessionId, events: waiting.slice(0, MAX_EVENTS_PER_MESSAGE) }));
  }

  /** The Indexer has stored everything up to and including number `upTo`; an ended session is forgotten with its last event. */
  acknowledged(sessionId: SessionId, upTo: number): void {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return;
    const ended = session.waiting.some(({ n, event }) => event.type === 'ended' && n <= upTo);
    session.waiting = session.waiting.filter(({ n }) => n > upTo);
    if (ended) this.#sessions.delete(sessionId);
  }
}
