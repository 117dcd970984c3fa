import type { ControlMessage } from '@kilat/shared/session/channel-messages';
import { CONTROL_STREAM, INPUT_STREAM, type MediaOffer } from '@kilat/shared/media/parameters';
import type { Device, types } from 'mediasoup-client';
import { negotiateOnce } from './handler-inside.ts';
import { RoundTripReports } from './round-trip-reports.ts';

/** What a connection tells; nothing is told after `close()`. */
export interface MediaListener {
  onVideo(track: MediaStreamTrack, receiver: RTCRtpReceiver): void;
  onAudio(track: MediaStreamTrack): void;
  onReport(bytes: Uint8Array): void;
  onEdgeEvent(text: string): void;
  /** The transport changed state, or the input channel opened. */
  onStateChange(): void;
}

/** Input beyond this many queued bytes is not queued further, bytes: it would arrive too late, and what matters is repeated. */
const MAX_QUEUED_INPUT_BYTES = 64 * 1024;

/** What the first frames need not wait for is done this long after the transport connected, ms. */
const SETTLED_AFTER_MS = 500;

/** One transport to an edge, both ways, built from an offer. Closed once, never reopened: a resume makes a new one. */
export class MediaConnection {
  readonly #transport: types.Transport;
  readonly #listener: MediaListener;
  readonly #roundTrips: RoundTripReports;
  #input: RTCDataChannel | undefined;
  #control: RTCDataChannel | undefined;
  /** The connection has settled, or closed. */
  readonly #settled = Promise.withResolvers<void>();
  #closed = false;

  constructor(device: Device, certificate: RTCCertificate, offer: MediaOffer, listener: MediaListener) {
    this.#listener = listener;
    const transport = device.createRecvTransport({
      ...(offer.transport as types.TransportOptions),
      additionalSettings: { certificates: [certificate] },
    });
    // The edge has known this page's fingerprint since the request, and has connected its side.
    transport.on('connect', (_parameters, done) => done());
    transport.on('connectionstatechange', (state) => {
      if (state === 'connected') setTimeout(() => this.#settle(), SETTLED_AFTER_MS);
      this.#changed();
    });
    this.#transport = transport;
    this.#roundTrips = new RoundTripReports(transport.handler);
  }

  /** Negotiates everything; resolves once all of it is under way (not connected yet), rejects when the browser refuses. */
  async open({ video, audio, report, events }: MediaOffer): Promise<void> {
    negotiateOnce(this.#transport.handler, this.#settled.promise);
    await Promise.all([
      this.#receiveData(report, events).then(() => this.#openSending()),
      this.#receiveMedia(video, audio),
    ]);
  }

  get state(): types.ConnectionState {
    return this.#transport.connectionState;
  }

  get connected(): boolean {
    return this.state === 'connected' && this.#input?.readyState === 'open';
  }

  /** Sends a packet on the input stream; false when it is not open or its queue is full. */
  sendInput(packet: Uint8Array<ArrayBuffer>): boolean {
    const input = this.#input;
    if (input?.readyState !== 'open' || input.bufferedAmount > MAX_QUEUED_INPUT_BYTES) return false;
    input.send(packet);
    return true;
  }

  sendControl(message: ControlMessage): boolean {
    if (this.#control?.readyState !== 'open') return false;
    this.#control.send(JSON.stringify(message));
    return true;
  }

  /** Statistics of the connection; undefined once closed. */
  async getStats(): Promise<RTCStatsReport | undefined> {
    return this.#closed ? undefined : this.#transport.getStats().catch(() => undefined);
  }

  close(): void {
    this.#closed = true;
    this.#settled.resolve();
    this.#roundTrips.close();
    this.#transport.close();
  }

  async #receiveMedia(video: MediaOffer['video'], audio: MediaOffer['audio']): Promise<void> {
    // Different streams: a shared one would make the browser delay the picture until its sound has come.
    const consume = (options: MediaOffer['video'], streamId: string) =>
      this.#transport.consume({ ...(options as types.ConsumerOptions), streamId, onRtpReceiver: keepNothing });
    await Promise.all([
      consume(video, 'video').then(({ track, rtpReceiver }) => {
        if (!this.#closed && rtpReceiver !== undefined) this.#listener.onVideo(track, rtpReceiver);
      }),
      consume(audio, 'audio').then(({ track }) => {
        if (!this.#closed) this.#listener.onAudio(track);
      }),
    ]);
  }

  async #receiveData(report: MediaOffer['report'], events: MediaOffer['events']): Promise<void> {
    await Promise.all([
      this.#transport.consumeData(report as types.DataConsumerOptions).then((channel) => {
        channel.binaryType = 'arraybuffer';
        channel.on('message', (data: unknown) => {
          if (!this.#closed && data instanceof ArrayBuffer) this.#listener.onReport(new Uint8Array(data));
        });
      }),
      this.#transport.consumeData(events as types.DataConsumerOptions).then((channel) => {
        channel.on('message', (data: unknown) => {
          if (!this.#closed && typeof data === 'string') this.#listener.onEdgeEvent(data);
        });
      }),
    ]);
  }

  /** A receiving transport of mediasoup-client sends no data, but its browser's data channels go both ways. */
  async #openSending(): Promise<void> {
    const open = (label: string, sctpStreamParameters: types.SctpStreamParameters) =>
      this.#transport.handler.receiveDataChannel({ label, sctpStreamParameters });
    const [input, control] = await Promise.all([open('input', INPUT_STREAM), open('control', CONTROL_STREAM)]);
    this.#input = input.dataChannel;
    this.#control = control.dataChannel;
    this.#input.addEventListener('open', () => this.#changed());
    this.#changed();
  }

  #settle(): void {
    this.#settled.resolve();
    if (!this.#closed) this.#roundTrips.start();
  }

  #changed(): void {
    if (!this.#closed) this.#listener.onStateChange();
  }
}

/** Asks a receiver to hold nothing back; `playoutDelayHint` is the older name of the same wish. */
function keepNothing(receiver: RTCRtpReceiver): void {
  if ('jitterBufferTarget' in receiver) receiver.jitterBufferTarget = 0;
  if ('playoutDelayHint' in receiver) (receiver as { playoutDelayHint: number }).playoutDelayHint = 0;
}
