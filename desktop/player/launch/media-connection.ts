import type { ControlMessage } from '@kilat/shared/session/channel-messages';
import { CONTROL_STREAM, INPUT_STREAM, type MediaOffer } from '@kilat/shared/media/parameters';
import type { Device, types } from 'mediasoup-client';

/** What a connection tells; nothing is told after `close()`. */
export interface MediaListener {
  onVideo(track: MediaStreamTrack, receiver: RTCRtpReceiver): void;
  onAudio(track: MediaStreamTrack): void;
  onReport(bytes: Uint8Array): void;
  onEdgeEvent(text: string): void;
  /** A transport changed state, or the input channel opened. */
  onStateChange(): void;
}

/** Input beyond this many queued bytes is not queued further, bytes: it would arrive too late, and what matters is repeated. */
const MAX_QUEUED_INPUT_BYTES = 64 * 1024;

/** One pair of transports to an edge, built from an offer in parallel. Closed once, never reopened: a resume makes a new one. */
export class MediaConnection {
  readonly #recv: types.Transport;
  readonly #send: types.Transport;
  readonly #listener: MediaListener;
  #input: types.DataProducer | undefined;
  #control: types.DataProducer | undefined;
  #closed = false;

  constructor(device: Device, certificate: RTCCertificate, offer: MediaOffer, listener: MediaListener) {
    this.#listener = listener;
    const options = (transport: MediaOffer['recv']) =>
      ({ ...transport, additionalSettings: { certificates: [certificate] } }) as types.TransportOptions;
    this.#recv = device.createRecvTransport(options(offer.recv));
    this.#send = device.createSendTransport(options(offer.send));
    for (const transport of [this.#recv, this.#send]) {
      // The edge has known this page's fingerprint since the request, and has connected its side.
      transport.on('connect', (_parameters, done) => done());
      transport.on('connectionstatechange', () => this.#changed());
    }
    this.#send.on('producedata', ({ sctpStreamParameters }, done) =>
      done({
        id: sctpStreamParameters.streamId === INPUT_STREAM.streamId ? offer.inputProducerId : offer.controlProducerId,
      }),
    );
  }

  /** Negotiates everything; resolves once all of it is under way (not connected yet), rejects when the browser refuses. */
  async open(offer: MediaOffer): Promise<void> {
    await Promise.all([this.#openReceiving(offer), this.#openSending()]);
  }

  get recvState(): types.ConnectionState {
    return this.#recv.connectionState;
  }

  get sendState(): types.ConnectionState {
    return this.#send.connectionState;
  }

  get connected(): boolean {
    return this.recvState === 'connected' && this.sendState === 'connected' && this.#input?.readyState === 'open';
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

  /** Statistics of the receiving side; undefined once closed. */
  async getStats(): Promise<RTCStatsReport | undefined> {
    return this.#closed ? undefined : this.#recv.getStats().catch(() => undefined);
  }

  close(): void {
    this.#closed = true;
    this.#recv.close();
    this.#send.close();
  }

  async #openReceiving(offer: MediaOffer): Promise<void> {
    // Different streams: a shared one would make the browser delay the picture until its sound has come.
    const video = this.#recv.consume({
      ...(offer.video as types.ConsumerOptions),
      streamId: 'video',
      onRtpReceiver: keepNothing,
    });
    const audio = this.#recv.consume({
      ...(offer.audio as types.ConsumerOptions),
      streamId: 'audio',
      onRtpReceiver: keepNothing,
    });
    // The picture is negotiated first: `consume` queues in a microtask, `consumeData` at once.
    await Promise.resolve();
    const report = this.#recv.consumeData(offer.report as types.DataConsumerOptions);
    const events = this.#recv.consumeData(offer.events as types.DataConsumerOptions);
    await Promise.all([
      video.then(({ track, rtpReceiver }) => {
        if (!this.#closed && rtpReceiver !== undefined) this.#listener.onVideo(track, rtpReceiver);
      }),
      audio.then(({ track }) => {
        if (!this.#closed) this.#listener.onAudio(track);
      }),
      report.then((channel) => {
        channel.binaryType = 'arraybuffer';
        channel.on('message', (data: unknown) => {
          if (!this.#closed && data instanceof ArrayBuffer) this.#listener.onReport(new Uint8Array(data));
        });
      }),
      events.then((channel) => {
        channel.on('message', (data: unknown) => {
          if (!this.#closed && typeof data === 'string') this.#listener.onEdgeEvent(data);
        });
      }),
    ]);
  }

  async #openSending(): Promise<void> {
    // Stream ids are given out in the order of the calls: 0 is input, 1 is control.
    const { streamId: _input, ...inputStream } = INPUT_STREAM;
    const { streamId: _control, ...controlStream } = CONTROL_STREAM;
    const input = this.#send.produceData({ ...inputStream, label: 'input' });
    const control = this.#send.produceData({ ...controlStream, label: 'control' });
    this.#input = await input;
    this.#input.on('open', () => this.#changed());
    this.#control = await control;
    this.#changed();
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
