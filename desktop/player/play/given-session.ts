import type { LaunchReply, SessionOffer } from '@kilat/shared/launch/messages';
import { ProbeReader } from '../latency/probe-reader.ts';
import { type Delivery, QUALITY_BATCH, QualityOutbox } from '../latency/quality-outbox.ts';
import type { CallReply, IndexerSocket } from '../launch/indexer-socket.ts';
import type { Prepared } from '../launch/prepare.ts';
import { RESUME_CALL_MS } from '../launch/resume-policy.ts';
import type { SessionMemory } from '../launch/session-memory.ts';
import type { SessionAnswer } from '../launch/session-request.ts';
import type { Leaving, OwnedSession } from './leaving.ts';
import type { SessionSummary } from './model.ts';
import { joinPlay, keepPlay, type RecordedPlay, readKeptPlay, summarise } from './recorded-play.ts';
import { SessionRecorder } from './session-recorder.ts';

const QUALITY_CALL_MS = 5_000;
/** After the end the last quality records are tried for so long, ms. */
const LAST_RECORDS_MS = 60_000;

/** What a session needs of the page it is in. */
export interface PlayParts {
  indexer: IndexerSocket;
  prepared: Promise<Prepared>;
  memory: SessionMemory;
  leaving: Leaving;
}

/** A session the Indexer gave: its offer, its records, and what this tab remembers of it. */
export class GivenSession {
  readonly recorder: SessionRecorder;
  readonly prepared: Extract<Prepared, { ok: true }>;
  readonly #parts: PlayParts;
  readonly #outbox: QualityOutbox;
  readonly #stopListening: () => void;
  #offer: SessionOffer;
  /** What earlier pages of this tab saw of the session, once it was read. */
  #earlier: RecordedPlay | 'unread' | undefined = 'unread';

  constructor(
    parts: PlayParts,
    prepared: Extract<Prepared, { ok: true }>,
    { offer, firstWindow }: Extract<SessionAnswer, { ok: true }>,
  ) {
    this.#parts = parts;
    this.prepared = prepared;
    this.#offer = offer;
    this.#outbox = new QualityOutbox(async (records) =>
      deliveryOf(await parts.indexer.call('quality', { ...this.#owned, records: [...records] }, QUALITY_CALL_MS)),
    );
    const readProbe = offer.probe ? new ProbeReader(offer.display.width).read : undefined;
    this.recorder = new SessionRecorder(readProbe, firstWindow, (record) => {
      this.#outbox.add(record);
      this.#remember();
    });
    this.#stopListening = parts.indexer.onConnection((connected) => {
      if (connected) void this.#outbox.flush();
    });
    this.#remember();
  }

  get offer(): SessionOffer {
    return this.#offer;
  }

  /** Asks for a new transport; undefined when nobody answers. */
  async askToResume(): Promise<LaunchReply | undefined> {
    const request = { ...this.#owned, media: this.prepared.media };
    return await this.#parts.indexer.call('resume', request, RESUME_CALL_MS).catch(() => undefined);
  }

  /** A new connection is made by this offer. */
  renew(offer: SessionOffer): void {
    this.#offer = offer;
    this.recorder.connectionReplaced();
    this.#remember();
  }

  /** The page goes away, perhaps to come back: what was measured is kept, and sent without waiting for the reply. */
  pageHides(launchMs: SessionSummary['launchMs']): void {
    this.recorder.closeQualityWindow();
    const { waiting } = this.#outbox;
    for (let from = 0; from < waiting.length; from += QUALITY_BATCH)
      this.#parts.indexer.tell('quality', { ...this.#owned, records: waiting.slice(from, from + QUALITY_BATCH) });
    this.#remember({ leftAtMs: Date.now() });
    const played = this.#played(launchMs);
    const { sessionId } = this.#offer;
    const kept = this.#parts.memory.keepPlay(sessionId, keepPlay(played, performance.timeOrigin));
    // The seconds take nearly all of the room.
    if (!kept) this.#parts.memory.keepPlay(sessionId, keepPlay({ ...played, seconds: [] }, performance.timeOrigin));
  }

  /** Of the whole session, whichever pages it was played in; not after `ended`. */
  summary(launchMs: SessionSummary['launchMs']): SessionSummary {
    return summarise(this.#played(launchMs), this.recorder.meter.measure);
  }

  /** It is over: nothing to come back to, and the last record goes out. */
  ended(): void {
    this.recorder.closeQualityWindow();
    this.#parts.memory.forget(this.#offer.titleId, this.#offer.sessionId);
    setTimeout(() => {
      this.#outbox.close();
      this.#stopListening();
    }, LAST_RECORDS_MS);
  }

  get #owned() {
    return { sessionId: this.#offer.sessionId, resumeToken: this.#offer.resumeToken };
  }

  #played(launchMs: SessionSummary['launchMs']): RecordedPlay {
    // Read once: what this page itself keeps later is no earlier page's.
    if (this.#earlier === 'unread') {
      const text = this.#parts.memory.keptPlay(this.#offer.sessionId);
      this.#earlier = text === undefined ? undefined : readKeptPlay(text, performance.timeOrigin);
    }
    const here = this.recorder.played(launchMs);
    return this.#earlier === undefined ? here : joinPlay(this.#earlier, here);
  }

  #remember(left: { leftAtMs?: number } = {}): void {
    const { titleId, holdMs } = this.#offer;
    const hold = holdMs === undefined ? {} : { holdMs };
    this.#parts.memory.remember(titleId, { ...this.#owned, nextWindow: this.recorder.nextWindow, ...hold, ...left });
  }
}

/** The player does not want a session any more. Unheard, the edge ends it by itself when its hold is over. */
export function leaveSession({ leaving, memory }: PlayParts, titleId: string, session: OwnedSession): void {
  leaving.leave(session);
  memory.forget(titleId, session.sessionId);
}

/** Only what can never be stored is given up; everything else has its time later. */
function deliveryOf(reply: CallReply<'quality'>): Delivery {
  if (reply.ok) return { is: 'stored' };
  if (reply.reason === 'bad-request') return { is: 'malformed' };
  if (reply.reason === 'not-yours') return { is: 'foreign' };
  return { is: 'unknown', retryAfterMs: reply.retryAfterMs };
}
