import type { EdgeId } from '@kilat/shared/ids';
import { nextSessionState, type SessionEvent, type SessionState } from '@kilat/shared/session/life';
import type { SessionFacts, SourcedEvent } from '../store/session-store.ts';

/** One session in memory: its facts, the fold of its events, and its place in each source's numbering. */
export class LiveSession {
  readonly facts: SessionFacts;
  readonly events: SourcedEvent[] = [];
  state: SessionState = { is: 'requested' };
  /** The edge that accepted it. */
  edgeId: EdgeId | undefined;
  /** The edge that is being asked just now, until it is decided whether the session is its own. */
  asking: { edgeId: EdgeId; decided: Promise<void> } | undefined;
  /** Its player asked for its end; the edge's report of it is on its way. */
  ending = false;
  /** Highest number of the edge's events that is stored. */
  edgeUpTo = 0;
  /** Its edge has just come back: what it no longer repeats it has been told is stored, so a gap is nothing to wait for. */
  mayJump = false;
  /** The Indexer's own events that could not be stored yet. */
  unsaved: SourcedEvent[] = [];
  #indexerUpTo = 0;
  readonly #watchers = new Set<() => void>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(facts: SessionFacts) {
    this.facts = facts;
  }

  /** A session as it was written down. */
  static restored(facts: SessionFacts, events: readonly SourcedEvent[]): LiveSession {
    const session = new LiveSession(facts);
    for (const event of events) session.fold(event);
    return session;
  }

  /** Takes an event that is stored, or is the Indexer's own, into the state. */
  fold(sourced: SourcedEvent): void {
    this.events.push(sourced);
    this.state = nextSessionState(this.state, sourced.event);
    if (sourced.event.type === 'reserved') this.edgeId = sourced.event.edgeId;
    if (sourced.source === 'edge') this.edgeUpTo = sourced.n;
    else this.#indexerUpTo = Math.max(this.#indexerUpTo, sourced.n);
    for (const watcher of this.#watchers) watcher();
  }

  /** Waits until its state is one that is waited for, at most `withinMs`; whether it is. */
  reaches(isWaitedFor: (state: SessionState) => boolean, withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (reached: boolean): void => {
        clearTimeout(timer);
        this.#watchers.delete(look);
        resolve(reached);
      };
      const look = (): void => {
        if (isWaitedFor(this.state)) settle(true);
      };
      const timer = setTimeout(() => settle(false), withinMs);
      this.#watchers.add(look);
      look();
    });
  }

  /** Asks an edge whether it takes the session; from an answer that `accepts` on, the session is its own. */
  async offeredTo<Answer>(
    edgeId: EdgeId,
    ask: () => Promise<Answer>,
    accepts: (answer: Answer) => boolean,
  ): Promise<Answer> {
    const { promise: decided, resolve } = Promise.withResolvers<void>();
    this.asking = { edgeId, decided };
    try {
      const answer = await ask();
      if (accepts(answer)) this.edgeId = edgeId;
      return answer;
    } finally {
      this.asking = undefined;
      resolve();
    }
  }

  /** The Indexer's next event of this session. */
  ownEvent(event: SessionEvent): SourcedEvent {
    return { source: 'indexer', n: ++this.#indexerUpTo, atMs: Date.now(), event };
  }

  /** Of what an edge sent, the part that continues its numbering: repeats are left out, and what follows a gap. */
  continuation<Numbered extends { n: number }>(sent: readonly Numbered[]): Numbered[] {
    const fresh: Numbered[] = [];
    let upTo = this.edgeUpTo;
    for (const event of [...sent].sort((a, b) => a.n - b.n)) {
      const jumps = this.mayJump && fresh.length === 0;
      if (event.n <= upTo || (event.n > upTo + 1 && !jumps)) continue;
      fresh.push(event);
      upTo = event.n;
    }
    return fresh;
  }

  /** Runs work on this session one after another, so that events are stored in the order they are folded. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Seconds the player has had a picture until `untilMs`: what the Indexer can say where the edge cannot. */
  playedSeconds(untilMs: number): number {
    const playing = this.events.find(({ event }) => event.type === 'playing');
    const silent = this.events.findLast(({ event }) => event.type === 'edge-silent');
    const endMs = this.state.is === 'orphaned' && silent !== undefined ? silent.atMs : untilMs;
    return playing === undefined ? 0 : Math.max(0, (endMs - playing.atMs) / 1000);
  }
}
