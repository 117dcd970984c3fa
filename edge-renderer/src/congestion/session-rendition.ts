import { decodeArrivalReport } from '@kilat/shared/media/arrival-report';
import type { Rendition } from '@kilat/shared/media/rendition';
import type { DisplaySpec } from '@kilat/shared/title/manifest';
import type { SentFrame } from '../container/messages.ts';
import type { Arrived } from './arrivals.ts';
import { LossWindow } from './loss-window.ts';
import { firstRendition, nextRendition } from './next-rendition.ts';
import type { RenditionState } from './rendition-state.ts';
import { SentLedger } from './sent-ledger.ts';
import { SentRate } from './sent-rate.ts';
import { StallWatch } from './stall-watch.ts';

/** What comes of the player's reports. */
export interface RenditionListener {
  /** Encode at this from now on; no frame before `holdUntilMs`, monotonic ms. */
  rendition(rendition: Rendition, holdUntilMs: number | undefined): void;
  /** To be told to the player: at most a few a second. */
  told(rendition: Rendition): void;
  /** What was sent cannot be decoded without it. */
  keyFrame(): void;
  /** Nothing that was sent is to be sent again: a key frame takes its place. */
  forget(): void;
}

/** A probe follows a frame by this share of a frame's time: a link that is not full has passed the frame by then. */
const PROBE_AFTER_FRAMES = 0.75;
const SENT_RATE_MS = 500;
const TELL_EVERY_MS = 300;
/** A bitrate that differs by less need not be told, share. */
const TELL_FROM = 0.04;
/** Without a newer estimate the media worker's is not believed any more, ms. */
const BANDWIDTH_FRESH_MS = 3_000;

/** A session's way from arrival reports to the rendition in force, over all its connections. */
export class SessionRendition {
  readonly #display: DisplaySpec;
  readonly #follows: boolean;
  readonly #listener: RenditionListener;
  readonly #ledger = new SentLedger();
  readonly #sent = new SentRate(SENT_RATE_MS);
  readonly #loss = new LossWindow();
  readonly #stall = new StallWatch();
  #ceilingKbps: number;
  #state: RenditionState;
  #rendition: Rendition;
  #told: { rendition: Rendition; atMs: number } | undefined;
  #bandwidth: { kbps: number; atMs: number } | undefined;

  /** `follows`: the path decides below the ceiling; else the picture is always whole, at the ceiling's bitrate. */
  constructor(display: DisplaySpec, ceilingKbps: number, follows: boolean, listener: RenditionListener) {
    this.#display = display;
    this.#follows = follows;
    this.#ceilingKbps = ceilingKbps;
    this.#listener = listener;
    const { state, rendition } = firstRendition(display, ceilingKbps);
    this.#state = state;
    this.#rendition = follows ? rendition : whole(display, ceilingKbps);
  }

  get rendition(): Rendition {
    return this.#rendition;
  }

  /** A player's page is connected anew: what is known of another path counts no more, but for the bitrate. */
  connected(): void {
    this.#ledger.clear();
    this.#loss.clear();
    this.#stall.clear();
    const first = firstRendition(this.#display, this.#ceilingKbps);
    this.#state = first.state;
    this.#rendition = this.#follows ? first.rendition : whole(this.#display, this.#ceilingKbps);
    // Told with the page's first report: before that its channel may not be open.
    this.#told = undefined;
    this.#listener.rendition(this.#rendition, undefined);
  }

  setCeiling(kbps: number, nowMs: number): void {
    this.#ceilingKbps = kbps;
    this.#decide(nowMs, []);
  }

  /** The media worker's estimate of the path. */
  bandwidth(kbps: number, nowMs: number): void {
    this.#bandwidth = { kbps, atMs: nowMs };
  }

  /** The player asked for packets again. */
  nacked(nowMs: number): void {
    this.#stall.nacked(nowMs);
  }

  frameSent(frame: SentFrame): void {
    if (!this.#follows) return;
    this.#ledger.frameSent(frame);
    this.#stall.frameSent(frame);
    this.#sent.add(frame.bytes, frame.sentMs);
    const kbpsBefore = this.#rendition.bitrateKbps;
    this.#decide(frame.sentMs, []);
    const unanswered = this.#rendition.bitrateKbps < kbpsBefore;
    if (unanswered || this.#stall.isStalled(frame.sentMs)) this.#listener.keyFrame();
  }

  /** How long after a frame its probe is sent, ms. */
  get probeAfterMs(): number {
    return (PROBE_AFTER_FRAMES * 1000) / this.#rendition.framesPerSecond;
  }

  /** The id for a probe that is sent now; undefined: none is wanted. */
  probeSent(nowMs: number): number | undefined {
    return this.#follows ? this.#ledger.probeSent(nowMs) : undefined;
  }

  /** A packet of the player; false when it is malformed. */
  report(packet: Uint8Array, nowMs: number): boolean {
    const report = decodeArrivalReport(packet);
    if (report === undefined) return false;
    this.#loss.add(report, nowMs);
    const arrived = this.#ledger.arrived(report);
    const probesSentMs = arrived.flatMap(({ kind, sentMs }) => (kind === 'probe' ? [sentMs] : []));
    this.#stall.reported(report, probesSentMs, nowMs);
    this.#decide(nowMs, arrived);
    if (this.#follows && this.#stall.isStalled(nowMs)) this.#listener.keyFrame();
    return true;
  }

  #decide(nowMs: number, arrived: readonly Arrived[]): void {
    const fresh = this.#bandwidth !== undefined && nowMs - this.#bandwidth.atMs < BANDWIDTH_FRESH_MS;
    const before = this.#rendition;
    if (!this.#follows) return this.#take(before, whole(this.#display, this.#ceilingKbps), undefined, nowMs);
    const { state, rendition, holdUntilMs, overflow } = nextRendition(
      this.#state,
      this.#display,
      {
        arrived,
        inFlight: this.#ledger.inFlight,
        sentKbps: this.#sent.kbps(nowMs),
        lossPercent: this.#loss.percent,
        bandwidthKbps: fresh ? this.#bandwidth?.kbps : undefined,
        ceilingKbps: this.#ceilingKbps,
      },
      nowMs,
    );
    this.#state = state;
    this.#take(before, rendition, holdUntilMs, nowMs);
    if (overflow === 'key-frame') this.#listener.keyFrame();
    if (overflow === 'forget') this.#listener.forget();
  }

  #take(before: Rendition, rendition: Rendition, holdUntilMs: number | undefined, nowMs: number): void {
    this.#rendition = rendition;
    if (holdUntilMs !== undefined || differs(before, rendition, 0)) this.#listener.rendition(rendition, holdUntilMs);
    this.#tell(nowMs);
  }

  #tell(nowMs: number): void {
    const told = this.#told;
    if (told !== undefined) {
      const worth = differs(told.rendition, this.#rendition, TELL_FROM);
      if (!worth || nowMs - told.atMs < TELL_EVERY_MS) return;
    }
    this.#told = { rendition: this.#rendition, atMs: nowMs };
    this.#listener.told(this.#rendition);
  }
}

const whole = ({ width, height, fps }: DisplaySpec, bitrateKbps: number): Rendition => ({
  width,
  height,
  framesPerSecond: fps,
  bitrateKbps,
});

function differs(a: Rendition, b: Rendition, share: number): boolean {
  return (
    a.width !== b.width ||
    a.height !== b.height ||
    a.framesPerSecond !== b.framesPerSecond ||
    Math.abs(a.bitrateKbps - b.bitrateKbps) > share * a.bitrateKbps
  );
}
