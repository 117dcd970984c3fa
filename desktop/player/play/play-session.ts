import type { SessionOffer } from '@kilat/shared/launch/messages';
import type { ShownFrame } from '@kilat/shared/latency/stages';
import type { EdgeMessage } from '@kilat/shared/session/channel-messages';
import { EndReason, type SessionEvent, type StageName } from '@kilat/shared/session/life';
import { NO_GAMEPADS } from '../input/gamepad-input.ts';
import type { MatchedInput } from '../latency/matched-input.ts';
import { launchOriginMs } from '../launch/click-clock.ts';
import { resumeBudgetMs } from '../launch/resume-policy.ts';
import { askForSession, titleFacts } from '../launch/session-request.ts';
import { LaunchTimeline } from '../launch/timeline.ts';
import type { StatsEntry } from '../receive/receive-totals.ts';
import { Connection } from './connection.ts';
import { GivenSession, leaveSession, type PlayParts } from './given-session.ts';
import type { KilatStats, PlayOptions, PlaySession, PlayState, SecondOfPlay, SessionGamepads } from './model.ts';
import { awaitedStage, nextPlayState, type PlayEvent } from './play-state.ts';
import { PlayerInput } from './player-input.ts';
import { ResumeLoop } from './resume-loop.ts';
import { SessionNotices } from './session-notices.ts';
import { emptyStats, emptySummary } from './session-recorder.ts';
import { Stage } from './stage.ts';

const TICK_MS = 1_000;
/** A `held` is acted on after this time, ms: in a history told again, `playing` follows it at once. */
const HELD_SETTLES_MS = 100;

/** The one place where a session's state changes. It owns every part of the session and closes them all at its end. */
export class LivePlaySession implements PlaySession {
  readonly #titleId: string;
  readonly #options: PlayOptions;
  readonly #parts: PlayParts;
  readonly #timeline: LaunchTimeline;
  readonly #notices: SessionNotices;
  readonly #resume: ResumeLoop;
  readonly #stage = new Stage(
    (frame, video) => this.#onFrame(frame, video),
    () => this.#changed(),
  );
  readonly #subscribers = new Set<() => void>();
  readonly #page = new AbortController();
  readonly #ticking: ReturnType<typeof setInterval>;
  #state: PlayState;
  #given: GivenSession | undefined;
  #connection: Connection | undefined;
  #input: PlayerInput | undefined;
  #inputEnabled = true;
  #reachedStage: StageName = 'reserved';
  #soundLost = false;
  #maxBitrateKbps: number | undefined;
  #heldTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(titleId: string, options: PlayOptions, parts: PlayParts) {
    this.#titleId = titleId;
    this.#options = options;
    this.#parts = parts;
    const startedAtMs = launchOriginMs(performance.now());
    this.#timeline = new LaunchTimeline(startedAtMs);
    this.#state = { is: 'starting', stage: 'asking', startedAtMs, title: undefined, returning: false };
    this.#notices = new SessionNotices(parts.indexer, (event, remainingMs) => this.#onSessionEvent(event, remainingMs));
    this.#resume = new ResumeLoop({
      over: () => this.#over,
      budgetMs: () => resumeBudgetMs(this.#given?.offer.holdMs),
      attempting: (attempt) => this.#happened({ type: 'resuming', attempt }),
      ask: async () => this.#given?.askToResume(),
      connect: (offer) => this.#connect(offer),
      gone: (detail) => this.#gone(detail),
      refused: (why) => this.#happened({ type: 'refused', why }),
      gaveUp: (heard) => this.#end(heard ? 'edge-lost' : 'player-gone', undefined),
    });
    this.#ticking = setInterval(() => void this.#tick(), TICK_MS);
    const { signal } = this.#page;
    addEventListener('beforeunload', (event) => this.#alive && event.preventDefault(), { signal });
    addEventListener('pagehide', () => this.#onPageHides(), { signal });
    addEventListener('pageshow', ({ persisted }) => persisted && this.#onPageBack(), { signal });
    void this.#start();
  }

  get state(): PlayState {
    return this.#state;
  }

  get soundBlocked(): boolean {
    return this.#stage.sound.blocked;
  }

  get pointerLocked(): boolean {
    return this.#input?.pointerLocked ?? false;
  }

  get gamepads(): SessionGamepads {
    return this.#input?.gamepads ?? { ...NO_GAMEPADS, blocked: undefined };
  }

  subscribe(onChange: () => void): () => void {
    this.#subscribers.add(onChange);
    return () => this.#subscribers.delete(onChange);
  }

  mount(video: HTMLVideoElement, surface: HTMLElement): void {
    this.#stage.mount(video, surface);
    this.#takeInput();
  }

  startSound(): void {
    this.#stage.sound.start();
  }

  setVolume(volume: number): void {
    this.#stage.sound.setVolume(volume);
  }

  setMaxBitrateKbps(kbps: number): void {
    this.#maxBitrateKbps = Math.round(Math.min(100_000, Math.max(250, kbps)));
    this.#wishBitrate();
  }

  setInputEnabled(enabled: boolean): void {
    this.#inputEnabled = enabled;
    this.#takeInput();
  }

  stillHere(): void {
    this.#connection?.sendControl({ type: 'still-here' });
    this.#happened({ type: 'idle-over' });
  }

  leave(): void {
    if (this.#over) return;
    this.#end('left', undefined);
    if (this.#given !== undefined) leaveSession(this.#parts, this.#titleId, this.#given.offer);
  }

  stats(): KilatStats {
    return {
      state: this.#state.is,
      sessionId: this.#given?.offer.sessionId,
      title: this.#given?.offer.titleId,
      ...(this.#given?.recorder.stats() ?? emptyStats()),
      launchMs: this.#timeline.launchMs,
      transport: this.#connection?.state ?? 'new',
    };
  }

  recentSeconds(): readonly SecondOfPlay[] {
    return this.#given?.recorder.recentSeconds() ?? [];
  }

  /** The inputs matched in the last 30 s, for measurements from outside. */
  recentSamples(): readonly MatchedInput[] {
    return this.#given?.recorder.recentSamples() ?? [];
  }

  get #over(): boolean {
    return this.#state.is === 'ended' || this.#state.is === 'refused';
  }

  /** There is a game that could be lost with the page. */
  get #alive(): boolean {
    return this.#state.is === 'playing' || this.#state.is === 'reconnecting';
  }

  /** A reload comes back to the session, a closed tab does not; either way it is held from now on. */
  #onPageHides(): void {
    this.#connection?.bye();
    this.#given?.pageHides(this.#timeline.launchMs);
  }

  /** The browser kept the page and shows it again; the edge holds the session since its goodbye. */
  #onPageBack(): void {
    if (this.#connection === undefined) return;
    this.#connection.close();
    this.#resume.broken();
  }

  async #start(): Promise<void> {
    const prepared = await this.#parts.prepared;
    if (!prepared.ok) {
      return this.#happened({ type: 'refused', why: { reason: 'unsupported', missing: prepared.missing } });
    }
    if (this.#over) return;
    this.#timeline.reach('asking', performance.now());
    const { indexer, memory } = this.#parts;
    const answer = await askForSession(indexer, memory, this.#titleId, prepared.media, {
      over: () => this.#over,
      returning: (yes) => this.#happened({ type: 'returning', yes }),
    });
    if (answer === undefined) {
      // The player left while the session was still being asked for; it may well be held.
      const held = memory.recall(this.#titleId);
      if (held !== undefined) leaveSession(this.#parts, this.#titleId, held);
      return;
    }
    if (!answer.ok) return this.#happened({ type: 'refused', why: answer.why });
    const { offer, resumed } = answer;
    // The player left while the Indexer was being asked.
    if (this.#over) return leaveSession(this.#parts, this.#titleId, offer);
    this.#given = new GivenSession(this.#parts, prepared, answer);
    this.#timeline.reach('reserved', performance.now());
    this.#happened({ type: 'offered', title: titleFacts(offer) });
    this.#connect(offer);
    // What overtook the reply is heard now.
    this.#notices.follow(offer, resumed);
    this.#awaitStage();
  }

  #connect(offer: SessionOffer): void {
    const given = this.#given;
    if (given === undefined) return;
    this.#connection?.close();
    given.renew(offer);
    this.#input?.connectionReplaced();
    const connection: Connection = new Connection(given.prepared, offer.media, given.recorder.meter, {
      onVideo: (track, receiver) => this.#stage.showVideo(track, receiver, connection),
      onAudio: (track) => this.#stage.sound.play(track),
      onEdgeMessage: (message) => this.#onEdgeMessage(message),
      onConnected: () => {
        this.#timeline.reach('connecting', performance.now());
        this.#wishBitrate();
        this.#awaitStage();
      },
      onBroken: () => this.#resume.broken(),
    });
    this.#connection = connection;
  }

  #onFrame(frame: ShownFrame, video: HTMLVideoElement): void {
    if (this.#given === undefined || this.#over) return;
    this.#given.recorder.meter.shown(frame, video);
    this.#connection?.frameShown(frame);
    if (this.#state.is !== 'playing' && this.#stage.shows(this.#connection)) this.#onFirstFrame(frame.shownMs);
  }

  #onFirstFrame(shownMs: number): void {
    const again = this.#state.is === 'reconnecting';
    this.#timeline.reach('first-frame', shownMs);
    this.#given?.recorder.playing(shownMs, again);
    this.#resume.shown();
    this.#happened({ type: 'shown', soundLost: this.#soundLost });
  }

  #onSessionEvent(event: SessionEvent, remainingMs: (untilEpochMs: number) => number): void {
    const nowMs = performance.now();
    switch (event.type) {
      case 'stage':
        this.#reachedStage = event.stage;
        if (this.#state.is === 'starting') this.#timeline.reach(event.stage, nowMs);
        return this.#awaitStage();
      case 'held':
        this.#happened({ type: 'held', untilMs: nowMs + remainingMs(event.untilMs) });
        clearTimeout(this.#heldTimer);
        this.#heldTimer = setTimeout(() => this.#onHeld(event, nowMs + remainingMs(event.untilMs)), HELD_SETTLES_MS);
        return;
      case 'playing':
        return clearTimeout(this.#heldTimer);
      case 'ended':
        return this.#end(event.reason, event.detail);
      // The picture tells better than these whether the session plays.
      case 'requested':
      case 'refused':
      case 'reserved':
      case 'encoder-changed':
      case 'edge-silent':
      case 'edge-back':
      // The page asks what became of its saves once it is over.
      case 'saved':
      case 'save-problem':
        return;
    }
  }

  /** The edge sends nothing more over this connection, whatever its transport says; with a dead worker none ever will. */
  #onHeld({ cause }: Extract<SessionEvent, { type: 'held' }>, untilMs: number): void {
    const { is } = this.#state;
    if (is !== 'playing' && !(is === 'starting' && cause === 'media-lost')) return;
    this.#connection?.close();
    this.#resume.broken();
    this.#happened({ type: 'held', untilMs });
  }

  #onEdgeMessage(message: EdgeMessage): void {
    switch (message.type) {
      case 'cursor':
        return this.#stage.showPointer(message.image);
      case 'idle-warning':
        return this.#happened({ type: 'idle-warning', endsAtMs: performance.now() + message.endsInMs });
      case 'idle-over':
        return this.#happened({ type: 'idle-over' });
      case 'rumble':
        return this.#input?.rumble(message);
      case 'degraded':
        if (message.part === 'gamepads') {
          this.#input?.gamepadsFailed();
          return this.#changed();
        }
        this.#soundLost = true;
        return this.#happened({ type: 'sound-lost' });
      case 'rendition':
        return this.#given?.recorder.renditionChanged(message.rendition);
    }
  }

  #awaitStage(): void {
    if (this.#given === undefined) return;
    this.#happened({
      type: 'awaiting',
      stage: awaitedStage(this.#reachedStage, this.#connection?.connected ?? false),
    });
  }

  #wishBitrate(): void {
    if (this.#maxBitrateKbps === undefined) return;
    this.#connection?.sendControl({ type: 'quality', maxBitrateKbps: this.#maxBitrateKbps });
  }

  /** Input goes to the title only while its picture is shown and no menu is open. */
  #takeInput(): void {
    const { elements } = this.#stage;
    if (this.#given === undefined || elements === undefined || this.#over) return;
    this.#input ??= new PlayerInput({
      surface: elements.surface,
      picture: elements.video,
      offer: this.#given.offer,
      reservedKeys: this.#options.reservedKeys ?? new Set(),
      send: (event, atMs) => this.#connection?.sendInput(event, atMs),
      onChange: () => this.#changed(),
    });
    this.#input.setEnabled(this.#inputEnabled && this.#state.is === 'playing');
  }

  async #tick(): Promise<void> {
    const report = await this.#connection?.getStats();
    if (this.#over) return;
    this.#given?.recorder.tick(performance.now(), report?.values() as Iterable<StatsEntry> | undefined);
  }

  /** Its `ended` notice was missed while the socket was away; the refusal may say how it ended. Else nobody has it any more. */
  #gone(detail: string | undefined): void {
    const reason = EndReason.safeParse(detail).data;
    if (reason !== undefined) this.#end(reason, undefined);
    else this.#end('edge-lost', detail);
  }

  #end(reason: EndReason, detail: string | undefined): void {
    if (this.#over) return;
    const { launchMs } = this.#timeline;
    const summary = this.#given?.summary(launchMs) ?? emptySummary(launchMs);
    this.#given?.ended();
    this.#happened({ type: 'ended', reason, detail, summary });
  }

  #happened(event: PlayEvent): void {
    const before = this.#state;
    this.#state = nextPlayState(before, event);
    if (this.#state === before) return;
    if (this.#over) this.#close();
    else this.#takeInput();
    this.#changed();
  }

  #close(): void {
    clearInterval(this.#ticking);
    clearTimeout(this.#heldTimer);
    this.#page.abort();
    this.#notices.close();
    this.#input?.close();
    this.#connection?.close();
    this.#stage.close();
  }

  #changed(): void {
    for (const onChange of this.#subscribers) onChange();
  }
}
