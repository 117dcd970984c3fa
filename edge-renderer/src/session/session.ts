import { isArrivalReport } from '@kilat/shared/media/arrival-report';
import { encodeReport, type EdgeReport } from '@kilat/shared/input/report';
import type { PlayerId, SessionId, TitleId } from '@kilat/shared/ids';
import type { MediaOffer, MediaRequest } from '@kilat/shared/media/parameters';
import type { EdgeMessage } from '@kilat/shared/session/channel-messages';
import type { EndReason, SessionEvent } from '@kilat/shared/session/life';
import { storableText } from '@kilat/shared/text';
import type { DisplaySpec } from '@kilat/shared/title/manifest';
import { SessionRendition } from '../congestion/session-rendition.ts';
import type { Container, InputAccess } from '../container/container.ts';
import type { FromContainer, SentFrame } from '../container/messages.ts';
import type { SessionCodecs } from '../encode/session-codecs.ts';
import type { VideoCodec } from '../encode/video-codec.ts';
import type { EncoderKind } from '../encode/video-encoder.ts';
import { watchCursor, type CursorMessage } from '../inject/cursor-watch.ts';
import { SessionInput } from '../input/session-input.ts';
import { FrameWindow } from '../load/frame-window.ts';
import { monotonicMs } from '../monotonic.ts';
import type { SessionMedia } from '../webrtc/session-media.ts';
import { parseControl } from './control.ts';
import { IdleWatch } from './idle-watch.ts';
import { PageBudget } from './page-budget.ts';
import { PlayMeter } from './play-meter.ts';

/** What a session is doing. `starting`: no page was ever connected. `ended` is final. */
type State = { is: 'starting' } | { is: 'playing' } | { is: 'held'; expiry: NodeJS.Timeout } | { is: 'ended' };

export interface SessionSettings {
  /** How long a vanished player's session waits, ms. */
  holdMs: number;
  /** How long nobody may touch anything, ms. */
  idleMs: number;
  bitrateKbps: number;
  /** Bitrate, frame rate and size follow the player's path. */
  followsPath: boolean;
  /** Which codec a page gets. */
  codecs: SessionCodecs;
}

export interface SessionFacts {
  sessionId: SessionId;
  playerId: PlayerId;
  titleId: TitleId;
}

/** What has happened in a session so far. */
export interface SessionCounters extends Readonly<SessionInput['counts']> {
  /** Messages that were dropped because they made no sense. */
  malformed: number;
  /** Messages that were passed over unread because they came too fast. */
  flooded: number;
  framesSent: number;
  bytesSent: number;
  keyFrames: number;
}

/** A player is gone when its pings (two a second) stay away this long, ms. */
const SILENT_MS = 4_000;
/** A session whose page does not connect ends after this long, ms: nobody has played it yet, nothing is lost. */
const CONNECT_MS = 20_000;
const TICK_MS = 500;
/** Of an ending's detail, UTF-16 units. */
const MAX_DETAIL = 500;

/**
 * One session on the edge, from its reservation to its end: joins a container (display, title, encoder) with the media of
 * the page that plays it. The container outlives pages and media workers; the session ends both.
 */
export class Session {
  readonly facts: SessionFacts;
  readonly frames: FrameWindow;
  readonly #container: Container;
  readonly #settings: SessionSettings;
  readonly #emit: (event: SessionEvent) => void;
  readonly #onEnd: (gone: Promise<void>) => void;
  readonly #reservedAtMs = monotonicMs();
  readonly #tick: NodeJS.Timeout;
  readonly #idle: IdleWatch;
  readonly #meter = new PlayMeter();
  readonly #budget = new PageBudget(monotonicMs());
  readonly #counted = { malformed: 0, framesSent: 0, bytesSent: 0, keyFrames: 0 };
  readonly #input: SessionInput;
  /** Who encodes; undefined until it is known. */
  encoder: EncoderKind | undefined;
  /** What the container encodes. */
  codec: VideoCodec = 'video/H264';
  /** Another codec's encoders failed: none is tried again. */
  #onlyH264 = false;
  readonly #rendition: SessionRendition;
  #state: State = { is: 'starting' };
  #media: SessionMedia | undefined;
  #cursor: CursorMessage | undefined;
  #connected = false;
  #heardAtMs = monotonicMs() + CONNECT_MS - SILENT_MS;
  #probeTimer: NodeJS.Timeout | undefined;
  #gone: Promise<void> | undefined;

  constructor(
    facts: SessionFacts,
    container: Container,
    display: DisplaySpec,
    settings: SessionSettings,
    emit: (event: SessionEvent) => void,
    onEnd: (gone: Promise<void>) => void,
  ) {
    this.facts = facts;
    this.#container = container;
    this.frames = new FrameWindow(container.title.display.fps);
    this.#settings = settings;
    this.#emit = emit;
    this.#onEnd = onEnd;
    this.#rendition = new SessionRendition(display, settings.bitrateKbps, settings.followsPath, {
      rendition: (rendition, holdUntilMs) => {
        container.send({ type: 'rendition', rendition, holdUntilMs });
        this.#media?.boundEstimate(rendition.bitrateKbps);
      },
      told: (rendition) => this.#tell({ type: 'rendition', rendition }),
      keyFrame: () => container.send({ type: 'key-frame' }),
      forget: () => this.#media?.forgetSent(),
    });
    this.#input = new SessionInput({
      report: (report) => this.#report(report),
      touched: (atMs) => this.#touched(atMs),
      injected: () => container.send({ type: 'input' }),
    });
    this.#idle = new IdleWatch(settings.idleMs, monotonicMs());
    this.#tick = setInterval(() => this.#watchPlayer(), TICK_MS);
    container.listen({
      message: (message) => this.#fromContainer(message),
      failed: ({ reason, detail }) => void this.end(reason, detail),
    });
    container.input.then((access) => this.#gotInput(access)).catch(() => {});
  }

  get state(): 'starting' | 'playing' | 'held' | 'ended' {
    return this.#state.is;
  }

  get counters(): SessionCounters {
    return { ...this.#counted, flooded: this.#budget.dropped, ...this.#input.counts };
  }

  /** The process that runs it, as others may see it. */
  get container(): Pick<Container, 'pid' | 'folder' | 'title'> {
    return this.#container;
  }

  /** Gives the session its part of a media worker: at the start, and again when a worker died and another came. */
  useMedia(media: SessionMedia): void {
    if (this.#state.is === 'ended') return media.close();
    media.listen({
      connected: () => this.#playerConnected(),
      input: (packet) => this.#fromPlayer(packet),
      control: (text) => this.#control(text),
      bandwidth: (kbps) => this.#rendition.bandwidth(kbps, monotonicMs()),
      nacked: () => this.#rendition.nacked(monotonicMs()),
    });
    this.#media = media;
    this.#container.send({ type: 'stream', to: media.destination });
  }

  /** A transport for a page; undefined while there is no media worker. Throws `CannotConsumeError`. */
  async attach(request: MediaRequest): Promise<MediaOffer | undefined> {
    const media = this.#media;
    const { codecs } = this.#settings;
    const codec = this.#onlyH264 ? 'video/H264' : codecs.choose(request, this.#container.title.display.fps);
    const offer = await media?.offer(request, codec);
    if (media === undefined || offer === undefined) return undefined;
    if (codec !== 'video/H264' || this.codec !== 'video/H264') await this.#encodeAs(codec, media);
    if (this.#state.is === 'starting') this.#heardAtMs = monotonicMs() + CONNECT_MS - SILENT_MS;
    this.#input.pageReplaced();
    this.#connected = false;
    return offer;
  }

  async #encodeAs(codec: VideoCodec, media: SessionMedia): Promise<void> {
    const ssrc = await media.videoSsrc(codec);
    const encoders = this.#settings.codecs.ladder(codec, this.#container.title.display.fps);
    this.codec = codec;
    this.#container.send({ type: 'codec', order: { codec, encoders, ssrc } });
  }

  /** The media worker died: the session waits for its player to come back over another. */
  mediaLost(): void {
    this.#media = undefined;
    this.#connected = false;
    this.#hold('media-lost');
  }

  /** The game goes on in H.264, which the page has to negotiate: it comes back as after a media worker's death. */
  #codecFailed(codec: VideoCodec, why: string): void {
    if (this.#state.is === 'ended') return;
    if (codec === 'video/H264') return void this.end('encoder-lost', why);
    this.#onlyH264 = true;
    this.#emit({ type: 'encoder-changed', from: codec, to: 'video/H264', why: why.slice(0, 500) });
    // A page that has come meanwhile gets another already.
    if (this.codec !== codec) return;
    this.#media?.disconnect();
    this.#connected = false;
    // A page that is coming back to a held session waits for this word, too.
    if (this.#state.is === 'held') this.#awaitPlayer('media-lost');
    else this.#hold('media-lost');
  }

  /** Ends the session and everything it owns; resolves when nothing of it is left. Idempotent. */
  end(reason: EndReason, detail?: string): Promise<void> {
    this.#gone ??= this.#end(reason, detail);
    return this.#gone;
  }

  async #end(reason: EndReason, detail: string | undefined): Promise<void> {
    if (this.#state.is === 'ended') return;
    this.#meter.stop(monotonicMs());
    if (this.#state.is === 'held') clearTimeout(this.#state.expiry);
    this.#state = { is: 'ended' };
    clearInterval(this.#tick);
    clearTimeout(this.#probeTimer);
    this.#input.close();
    this.#emit({
      type: 'ended',
      reason,
      meteredSeconds: this.#meter.seconds,
      ...(detail ? { detail: storableText(detail.slice(0, MAX_DETAIL)) } : {}),
    });
    this.#media?.close();
    const gone = this.#container.close();
    this.#onEnd(gone);
    await gone;
  }

  #fromContainer(message: Exclude<FromContainer, { type: 'failed' | 'alive' }>): void {
    // Its last words may come after the end of the session, which nothing follows.
    if (this.#state.is === 'ended') return;
    switch (message.type) {
      case 'stage':
        return this.#emit({
          type: 'stage',
          stage: message.stage,
          sinceReserveMs: Math.max(0, message.atMs - this.#reservedAtMs),
        });
      case 'frame':
        return this.#frameSent(message.frame);
      case 'encoder':
        return this.#encodedBy(message);
      case 'codec-failed':
        return this.#codecFailed(message.codec, message.why);
      case 'degraded':
        return this.#tell({ type: 'degraded', part: message.part });
      case 'display':
      case 'prepared':
        return;
    }
  }

  #encodedBy({ kind, gaveWay }: Extract<FromContainer, { type: 'encoder' }>): void {
    this.encoder = kind;
    if (gaveWay === undefined) return;
    this.#emit({ type: 'encoder-changed', from: gaveWay.kind, to: kind, why: gaveWay.why.slice(0, 500) });
  }

  #frameSent(frame: SentFrame): void {
    this.#counted.framesSent += 1;
    this.#counted.bytesSent += frame.bytes;
    this.#counted.keyFrames += frame.keyFrame ? 1 : 0;
    this.#rendition.frameSent(frame);
    this.#probeTimer ??= setTimeout(() => this.#probe(), this.#rendition.probeAfterMs);
    this.frames.add(frame);
    for (const input of this.#input.answeredBy(frame)) this.frames.answered(input);
  }

  #probe(): void {
    this.#probeTimer = undefined;
    const id = this.#connected ? this.#rendition.probeSent(monotonicMs()) : undefined;
    if (id !== undefined) this.#report({ kind: 'probe', id });
  }

  #gotInput(access: InputAccess): void {
    this.#input.use(access);
    access.gamepads?.listen({
      rumble: (pad, rumble) => this.#tell({ type: 'rumble', pad, ...rumble }),
      trouble: () => this.#tell({ type: 'degraded', part: 'gamepads' }),
    });
    watchCursor(access.x, (cursor) => {
      this.#cursor = cursor;
      this.#tell(cursor);
    }).catch(() => {});
  }

  #playerConnected(): void {
    this.#connected = true;
    this.#heardAtMs = monotonicMs();
    this.#rendition.connected();
    this.#play();
    if (this.#cursor !== undefined) this.#tell(this.#cursor);
  }

  #fromPlayer(packet: Buffer): void {
    const receivedMs = monotonicMs();
    this.#heardAtMs = receivedMs;
    if (this.#state.is === 'held') this.#play();
    const isReport = isArrivalReport(packet);
    if (!(isReport ? this.#budget.report(receivedMs) : this.#budget.packet(receivedMs))) return;
    const understood = isReport ? this.#rendition.report(packet, receivedMs) : this.#input.take(packet, receivedMs);
    if (!understood) this.#counted.malformed += 1;
  }

  #control(text: string): void {
    if (!this.#budget.control(monotonicMs())) return;
    const message = parseControl(text);
    if (message === undefined) {
      this.#counted.malformed += 1;
      return;
    }
    switch (message.type) {
      case 'quality':
        return this.#rendition.setCeiling(
          Math.min(message.maxBitrateKbps, this.#settings.bitrateKbps * 2),
          monotonicMs(),
        );
      case 'key-frame':
        return this.#container.send({ type: 'key-frame' });
      case 'bye':
        return this.#hold('player-silent');
      case 'still-here':
        return this.#touched(monotonicMs());
    }
  }

  #touched(atMs: number): void {
    if (this.#idle.touched(atMs)) this.#tell({ type: 'idle-over' });
  }

  #report(report: EdgeReport): void {
    this.#media?.sendReport(encodeReport(report));
  }

  #tell(message: EdgeMessage): void {
    this.#media?.sendEvent(JSON.stringify(message));
  }

  #watchPlayer(): void {
    const nowMs = monotonicMs();
    const silent = nowMs - this.#heardAtMs > SILENT_MS;
    if (silent && this.#state.is === 'starting') return void this.end('player-gone', 'The page never connected.');
    if (silent && this.#state.is === 'playing') this.#hold('player-silent');
    if (this.#state.is !== 'playing') return;
    const idle = this.#idle.check(nowMs);
    if (idle === 'over') void this.end('idle');
    else if (idle !== undefined) this.#tell({ type: 'idle-warning', endsInMs: idle.endsInMs });
  }

  /** From any living state to `playing`. */
  #play(): void {
    if (!this.#connected || this.#state.is === 'ended' || this.#state.is === 'playing') {
      if (this.#state.is === 'playing') this.#container.send({ type: 'viewer', present: true });
      return;
    }
    if (this.#state.is === 'held') clearTimeout(this.#state.expiry);
    this.#state = { is: 'playing' };
    this.#container.send({ type: 'viewer', present: true });
    this.#container.run().catch(() => {});
    this.#meter.start(monotonicMs());
    this.#idle.touched(monotonicMs());
    this.#emit({ type: 'playing', codec: this.codec });
  }

  /** From `starting` or `playing` to `held`: nothing is held down, nothing is encoded, the title is paused where it can be. */
  #hold(cause: 'player-silent' | 'media-lost'): void {
    if (this.#state.is === 'ended' || this.#state.is === 'held') return;
    this.#meter.stop(monotonicMs());
    this.#input.releaseAll();
    this.#container.send({ type: 'viewer', present: false });
    this.#container.pause().catch(() => {});
    this.#awaitPlayer(cause);
  }

  #awaitPlayer(cause: 'player-silent' | 'media-lost'): void {
    if (this.#state.is === 'held') clearTimeout(this.#state.expiry);
    const expiry = setTimeout(() => void this.end('player-gone'), this.#settings.holdMs);
    this.#state = { is: 'held', expiry };
    this.#emit({ type: 'held', untilMs: Math.round(Date.now() + this.#settings.holdMs), cause });
  }
}
