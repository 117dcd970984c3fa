import { setTimeout } from 'node:timers/promises';
import type { AttachRequest, EdgeAnnouncement, ReserveReply, ReserveRequest } from '@kilat/shared/edge/messages';
import type { EdgeId, SessionId, TitleId } from '@kilat/shared/ids';
import type { EndReason, SessionEvent } from '@kilat/shared/session/life';
import { missingParts } from '@kilat/titles/installed';
import type { LoadedTitle } from '@kilat/titles/load';
import type { Logger } from 'pino';
import type { Admission } from '../load/admit.ts';
import type { EdgeSaves } from '../saves/edge-saves.ts';
import type { Slots } from '../slots/slots.ts';
import type { MediaWorkers } from '../webrtc/media-workers.ts';
import { CannotConsumeError } from '../webrtc/session-media.ts';
import type { SpareMedia } from '../webrtc/spare-media.ts';
import { Session, type SessionSettings } from './session.ts';

type Refused = Extract<ReserveReply, { ok: false }>;
const refuse = (reason: Refused['reason'], detail?: string): Refused => ({
  ok: false,
  reason,
  ...(detail ? { detail } : {}),
});

/** For the player: the game is not begun from nothing where there is something to go on from. */
const noSaves = (error: Error): string =>
  `Your saved game could not be fetched (${error.message}). It is untouched; try again in a moment.`;

/** The Indexer waits 2 s for an answer, ms. */
const MEDIA_BACK_WITHIN_MS = 1_500;

/** The sessions of this edge. It alone decides who gets a slot. */
export class Sessions {
  readonly #edgeId: EdgeId;
  readonly #live = new Map<SessionId, Session>();
  /** Sessions being reserved, and those that ended and are not all gone yet. */
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #titles: ReadonlyMap<TitleId, LoadedTitle>;
  readonly #slots: Slots;
  readonly #workers: MediaWorkers;
  readonly #spares: SpareMedia;
  readonly #saves: EdgeSaves;
  readonly #settings: SessionSettings;
  readonly #emit: (sessionId: SessionId, event: SessionEvent) => void;
  readonly #log: Logger;
  readonly #admit: (title: LoadedTitle, sessionId: SessionId) => Admission;
  #draining = false;
  /** Until the media worker that died has been replaced. */
  #mediaBack = Promise.withResolvers<void>();

  constructor(
    edgeId: EdgeId,
    titles: ReadonlyMap<TitleId, LoadedTitle>,
    slots: Slots,
    workers: MediaWorkers,
    spares: SpareMedia,
    saves: EdgeSaves,
    settings: SessionSettings,
    emit: (sessionId: SessionId, event: SessionEvent) => void,
    log: Logger,
    admit: (title: LoadedTitle, sessionId: SessionId) => Admission,
  ) {
    this.#edgeId = edgeId;
    this.#titles = titles;
    this.#slots = slots;
    this.#workers = workers;
    this.#spares = spares;
    this.#saves = saves;
    this.#settings = settings;
    this.#emit = emit;
    this.#log = log;
    this.#admit = admit;
  }

  get live(): Session[] {
    return [...this.#live.values()];
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Whether new sessions are refused; the living ones go on. */
  set draining(draining: boolean) {
    this.#draining = draining;
  }

  get announced(): EdgeAnnouncement['sessions'] {
    return this.live.flatMap(({ facts, state }) => (state === 'ended' ? [] : [{ ...facts, state }]));
  }

  /** Takes a slot and offers it; answers before the display is up. */
  reserve(request: ReserveRequest): Promise<ReserveReply> {
    const reply = this.#reserve(request);
    this.#track(reply);
    return reply;
  }

  async #reserve({ sessionId, playerId, titleId, media, saves }: ReserveRequest): Promise<ReserveReply> {
    if (this.#draining) return refuse('draining');
    const title = this.#titles.get(titleId);
    if (title === undefined) return refuse('unknown-title');
    const missing = await missingParts(title);
    if (missing.length > 0) return refuse('not-installed', missing.join(', '));
    const worker = this.#workers.current;
    if (worker === undefined) return refuse('failed', 'the media worker is being started again');
    const admission = this.#admit(title, sessionId);
    if (!admission.ok) return refuse('full', admission.detail);
    const slot = await this.#slots.take(title, saves?.restore !== true);
    if (slot === undefined) return refuse('full');
    this.#tell(sessionId, { type: 'reserved', edgeId: this.#edgeId, warmth: slot.warmth });
    const facts = { sessionId, playerId, titleId };
    const ready = saves && this.#saves.attach(facts, title, slot.container, saves.restore);
    if (ready !== undefined) slot.container.runAfter(ready);
    const session = new Session(
      facts,
      slot.container,
      title.display,
      this.#settings,
      (event) => this.#tell(sessionId, event),
      (gone) => this.#ended(sessionId, gone),
    );
    this.#live.set(sessionId, session);
    if (saves?.restore) slot.container.run().catch(() => undefined);
    ready?.catch((error: Error) => session.end('start-failed', noSaves(error)));
    try {
      session.useMedia(await this.#spares.take(worker));
      const offer = await session.attach(media);
      if (offer === undefined) throw new Error('the media worker died');
      this.#log.info({ sessionId, titleId, warmth: slot.warmth }, 'session reserved');
      return { ok: true, warmth: slot.warmth, media: offer };
    } catch (error) {
      void session.end('start-failed', String(error));
      return error instanceof CannotConsumeError ? refuse('no-h264') : refuse('failed', String(error));
    }
  }

  /** A new transport for a session that lives here. */
  async attach({ sessionId, media }: AttachRequest): Promise<ReserveReply> {
    const session = this.#live.get(sessionId);
    if (session === undefined) return refuse('unknown-session');
    try {
      const offer = (await session.attach(media)) ?? (await this.#onceMediaIsBack(() => session.attach(media)));
      return offer === undefined
        ? refuse('failed', 'the media worker is being started again')
        : { ok: true, warmth: 'title', media: offer };
    } catch (error) {
      return error instanceof CannotConsumeError ? refuse('no-h264') : refuse('failed', String(error));
    }
  }

  end(sessionId: SessionId, reason: EndReason): boolean {
    const session = this.#live.get(sessionId);
    void session?.end(reason);
    return session !== undefined;
  }

  mediaLost(): void {
    this.#mediaBack = Promise.withResolvers();
    for (const session of this.live) session.mediaLost();
  }

  async mediaBack(): Promise<void> {
    const worker = this.#workers.current;
    if (worker === undefined) return;
    await Promise.all(
      this.live.map(async (session) => {
        try {
          session.useMedia(await this.#spares.take(worker));
        } catch (error) {
          // The worker died again; the next one's turn comes.
          this.#log.warn({ sessionId: session.facts.sessionId, error: String(error) }, 'session got no media yet');
        }
      }),
    );
    this.#mediaBack.resolve();
  }

  /** A page that comes back while the media worker is being started again waits for it, rather than ask in vain. */
  async #onceMediaIsBack<T>(then: () => Promise<T>): Promise<T | undefined> {
    const isBack = this.#mediaBack.promise.then(() => true);
    return (await Promise.race([isBack, setTimeout(MEDIA_BACK_WITHIN_MS, false)])) ? await then() : undefined;
  }

  /** Takes no new session and ends the living ones; resolves when nothing is left of any. */
  async close(): Promise<void> {
    this.#draining = true;
    await Promise.allSettled(this.#underWay);
    await Promise.allSettled(this.live.map((session) => session.end('edge-stopped')));
    await Promise.allSettled(this.#underWay);
  }

  #tell(sessionId: SessionId, event: SessionEvent): void {
    if (event.type === 'ended')
      this.#log.info({ sessionId, reason: event.reason, detail: event.detail }, 'session ended');
    if (event.type === 'held') this.#log.info({ sessionId, cause: event.cause }, 'session held for its player');
    if (event.type === 'playing') this.#log.info({ sessionId }, 'session playing');
    this.#emit(sessionId, event);
  }

  #ended(sessionId: SessionId, gone: Promise<void>): void {
    this.#live.delete(sessionId);
    this.#slots.release();
    this.#track(gone);
  }

  #track(work: Promise<unknown>): void {
    const tracked = work.catch(() => {}).finally(() => this.#underWay.delete(tracked));
    this.#underWay.add(tracked);
  }
}
