import type { InputEvent } from '@kilat/shared/input/events';
import { decodeReport } from '@kilat/shared/input/report';
import type { ShownFrame } from '@kilat/shared/latency/stages';
import type { MediaOffer } from '@kilat/shared/media/parameters';
import { type ControlMessage, EdgeMessage } from '@kilat/shared/session/channel-messages';
import { InputLink } from '../input/input-link.ts';
import type { LatencyMeter } from '../latency/latency-meter.ts';
import { Pinger } from '../latency/pinger.ts';
import { MediaConnection } from '../launch/media-connection.ts';
import type { Prepared } from '../launch/prepare.ts';
import { ArrivalReporter } from '../receive/arrival-reporter.ts';
import { MediaWatch } from './media-watch.ts';

const WATCH_INTERVAL_MS = 250;

export interface ConnectionListener {
  onVideo(track: MediaStreamTrack, receiver: RTCRtpReceiver): void;
  onAudio(track: MediaStreamTrack): void;
  onEdgeMessage(message: EdgeMessage): void;
  /** The transport is connected and input can be sent. Once. */
  onConnected(): void;
  /** Nothing more is to be expected of this connection. Once. */
  onBroken(): void;
}

/** One connection to a session: its media, its input, its clock. Owned by the play session, which replaces it when it breaks. */
export class Connection {
  readonly #media: MediaConnection;
  readonly #input: InputLink;
  readonly #pinger: Pinger;
  readonly #arrivals: ArrivalReporter;
  readonly #meter: LatencyMeter;
  readonly #listener: ConnectionListener;
  readonly #watch = new MediaWatch(performance.now());
  readonly #watchTimer: ReturnType<typeof setInterval>;
  #lastPongMs: number | undefined;
  #lastFrameMs: number | undefined;
  #connected = false;
  #malformed = 0;
  #saidBye = false;
  #closed = false;

  constructor(
    prepared: Extract<Prepared, { ok: true }>,
    offer: MediaOffer,
    meter: LatencyMeter,
    listener: ConnectionListener,
  ) {
    this.#meter = meter;
    this.#listener = listener;
    this.#media = new MediaConnection(prepared.device, prepared.certificate, offer, {
      onVideo: (track, receiver) => {
        this.#arrivals.watch(receiver);
        listener.onVideo(track, receiver);
      },
      onAudio: (track) => listener.onAudio(track),
      onReport: (bytes) => this.#onReport(bytes),
      onEdgeEvent: (text) => this.#onEdgeEvent(text),
      onStateChange: () => this.#look(),
    });
    const sendPacket = (packet: Uint8Array<ArrayBuffer>) => this.#media.sendInput(packet);
    this.#input = new InputLink(sendPacket);
    this.#pinger = new Pinger(sendPacket);
    this.#arrivals = new ArrivalReporter({ send: sendPacket, roundTripMs: () => meter.roundTripMs });
    this.#watchTimer = setInterval(() => this.#look(), WATCH_INTERVAL_MS);
    this.#media.open(offer).catch(() => this.#break());
  }

  get state(): string {
    return this.#media.state;
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** Reports and messages of the edge that did not parse and were dropped. */
  get malformed(): number {
    return this.#malformed;
  }

  sendInput(event: InputEvent, atMs: number): void {
    if (this.#saidBye) return;
    const seq = this.#input.send(event);
    if (seq !== undefined) this.#meter.sent(seq, event, atMs);
  }

  sendControl(message: ControlMessage): boolean {
    return this.#media.sendControl(message);
  }

  /** The page goes away: the edge holds the session at once. Any packet after it would say that the page is back. */
  bye(): void {
    this.#saidBye = true;
    this.#pinger.close();
    this.#input.close();
    this.#media.sendControl({ type: 'bye' });
  }

  /** A frame of this connection is on the screen. */
  frameShown(frame: ShownFrame): void {
    this.#lastFrameMs = frame.shownMs;
    this.#arrivals.frameShown(frame);
  }

  getStats(): Promise<RTCStatsReport | undefined> {
    return this.#media.getStats();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#watchTimer);
    this.#pinger.close();
    this.#arrivals.close();
    this.#input.close();
    this.#media.close();
  }

  #look(): void {
    if (this.#closed) return;
    if (!this.#connected && this.#media.connected) {
      this.#connected = true;
      this.#pinger.start();
      this.#listener.onConnected();
    }
    const signs = { transport: this.#media.state, lastPongMs: this.#lastPongMs, lastFrameMs: this.#lastFrameMs };
    if (this.#watch.broken(performance.now(), signs)) this.#break();
  }

  #break(): void {
    if (this.#closed) return;
    this.close();
    this.#listener.onBroken();
  }

  #onReport(bytes: Uint8Array): void {
    const answeredMs = performance.now();
    const report = decodeReport(bytes);
    switch (report?.kind) {
      case 'pong':
        this.#lastPongMs = answeredMs;
        this.#meter.ponged({
          sentMs: report.pingSentMs,
          remoteReceivedMs: report.receivedMs,
          remoteSentMs: report.sentMs,
          answeredMs,
        });
        return;
      case 'inputs':
        this.#input.acknowledge(report.ackSeq);
        this.#meter.answered(report.answered);
        return;
      case 'probe':
        return this.#arrivals.probeArrived(report.id, answeredMs);
      case undefined:
        this.#malformed++;
    }
  }

  #onEdgeEvent(text: string): void {
    let raw: unknown;
    try {
      raw = JSON.parse(text);
    } catch {
      raw = undefined;
    }
    const message = EdgeMessage.safeParse(raw);
    if (message.success) this.#listener.onEdgeMessage(message.data);
    else this.#malformed++;
  }
}
