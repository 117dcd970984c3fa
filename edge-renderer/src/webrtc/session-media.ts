import { randomInt } from 'node:crypto';
import type { types } from 'mediasoup';
import type { MediaOffer, MediaRequest } from '@kilat/shared/media/parameters';
import { CONTROL_STREAM, INPUT_STREAM } from '@kilat/shared/media/parameters';
import { SOUND_MID } from '@kilat/shared/media/router-capabilities';
import type { RtpDestination } from '../container/messages.ts';
import type { VideoCodec } from '../encode/video-codec.ts';
import type { MediaWorker } from './media-workers.ts';
import { EstimateBound } from './estimate-bound.ts';
import { AV1, audioParameters, H264, SILENCE, videoParameters } from './rtp-parameters.ts';

/** What comes from the player of a session. */
export interface MediaListener {
  /** The page can receive: the picture does not wait for the way back. */
  connected(): void;
  input(packet: Buffer): void;
  control(text: string): void;
  /** The worker's estimate of the way to the page, about once a second. */
  bandwidth(kbps: number): void;
  /** The page asked for video packets again. */
  nacked(): void;
}

/** The browser cannot take what the edge sends. */
export class CannotConsumeError extends Error {}

const INITIAL_BITRATE = 20_000_000;

/** One page's transport and what goes out by it; replaced as a whole when the player connects again. */
interface Connection {
  transport: types.WebRtcTransport;
  report: types.DataConsumer;
  events: types.DataConsumer;
}

const unheard: MediaListener = { connected() {}, input() {}, control() {}, bandwidth() {}, nacked() {} };

/**
 * A session's part of the media worker: a router, the plain transport its RTP comes in by, and the transport of the page
 * that watches. Closing the router closes all of them.
 */
export class SessionMedia {
  readonly #router: types.Router;
  readonly #server: types.WebRtcServer;
  readonly #announcedPort: number | undefined;
  readonly #plain: types.PlainTransport;
  readonly #video: types.Producer;
  /** Made for the first page that gets AV1. */
  #av1: Promise<{ producer: types.Producer; ssrc: number }> | undefined;
  readonly #audio: types.Producer;
  readonly #direct: types.DirectTransport;
  readonly #report: types.DataProducer;
  readonly #events: types.DataProducer;
  readonly destination: RtpDestination;
  readonly #bound = new EstimateBound(INITIAL_BITRATE);
  #listener = unheard;
  #connection: Connection | undefined;
  /** What the page watches. */
  #shown: types.Consumer | undefined;
  /** Opened ahead, for the first page. */
  #next: Connection | undefined;
  /** Settles when the offer under way is made: pages that resume at once must not leave transports behind. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    router: types.Router,
    { server, announcedPort }: MediaWorker,
    parts: {
      plain: types.PlainTransport;
      video: types.Producer;
      audio: types.Producer;
      direct: types.DirectTransport;
      report: types.DataProducer;
      events: types.DataProducer;
    },
    destination: RtpDestination,
  ) {
    this.#router = router;
    this.#server = server;
    this.#announcedPort = announcedPort;
    this.#plain = parts.plain;
    this.#video = parts.video;
    this.#audio = parts.audio;
    this.#direct = parts.direct;
    this.#report = parts.report;
    this.#events = parts.events;
    this.destination = destination;
  }

  /** Everything that does not depend on the page, its transport included. */
  static async create(worker: MediaWorker): Promise<SessionMedia> {
    const router = await worker.createRouter();
    const [videoSsrc, audioSsrc] = [randomInt(1, 2 ** 31), randomInt(2 ** 31, 2 ** 32 - 1)];
    const [plain, direct] = await Promise.all([
      router.createPlainTransport({ listenInfo: { protocol: 'udp', ip: '127.0.0.1' }, rtcpMux: true, comedia: true }),
      router.createDirectTransport(),
    ]);
    const [video, audio, report, events] = await Promise.all([
      plain.produce({ kind: 'video', rtpParameters: videoParameters(H264, videoSsrc) }),
      plain.produce({ kind: 'audio', rtpParameters: audioParameters(audioSsrc) }),
      direct.produceData({ label: 'report' }),
      direct.produceData({ label: 'events' }),
    ]);
    const destination = { port: plain.tuple.localPort, videoSsrc, audioSsrc };
    const media = new SessionMedia(router, worker, { plain, video, audio, direct, report, events }, destination);
    media.#next = await media.#openConnection();
    return media;
  }

  /** Whether its worker still lives. */
  get alive(): boolean {
    return !this.#router.closed;
  }

  /** Who hears of the player from now on. */
  listen(listener: MediaListener): void {
    this.#listener = listener;
  }

  /**
   * Makes a transport for a page, already connected from this side; an earlier page's is closed. One page at a time. The
   * picture comes in the stream of `videoSsrc(codec)`.
   */
  offer(request: MediaRequest, codec: VideoCodec = 'video/H264'): Promise<MediaOffer> {
    const offer = this.#turn.then(() => this.#offer(request, codec));
    this.#turn = offer.catch(() => {});
    return offer;
  }

  /** Of the RTP stream in which the container sends the codec. */
  async videoSsrc(codec: VideoCodec): Promise<number> {
    return codec === 'video/AV1' ? (await this.#produceAv1()).ssrc : this.destination.videoSsrc;
  }

  async #offer(request: MediaRequest, codec: VideoCodec): Promise<MediaOffer> {
    const rtpCapabilities = request.rtpCapabilities as types.RtpCapabilities;
    const producer = codec === 'video/AV1' ? (await this.#produceAv1()).producer : this.#video;
    if (!this.#router.canConsume({ producerId: producer.id, rtpCapabilities }))
      throw new CannotConsumeError(`no ${codec}`);
    this.#connection?.transport.close();
    const next = this.#next ?? (await this.#openConnection());
    this.#next = undefined;
    this.#connection = next;
    const { transport, report, events } = next;
    const [video, audio] = await Promise.all([
      transport.consume({ producerId: producer.id, rtpCapabilities }),
      transport.consume({ producerId: this.#audio.id, rtpCapabilities, enableRtx: false, mid: SOUND_MID }),
      transport.connect({ dtlsParameters: { role: 'client', fingerprints: request.dtlsFingerprints } }),
    ]);
    this.#watchPath(transport, video);
    this.#shown = video;
    this.#tellBound();
    return {
      transport: transportOptions(transport, this.#announcedPort),
      video: consumerOptions(video),
      audio: consumerOptions(audio),
      report: dataConsumerOptions(report),
      events: dataConsumerOptions(events),
    };
  }

  /** What the picture is encoded at, kb/s: the worker's estimate is bound by it. */
  boundEstimate(kbps: number): void {
    if (this.#bound.follow(kbps)) this.#tellBound();
  }

  #tellBound(): void {
    // A transport that closes meanwhile needs no bound.
    this.#connection?.transport.setMaxOutgoingBitrate(this.#bound.bitrate).catch(() => {});
  }

  /** Nothing that was sent is sent again: the worker forgets it, and asks for a key frame, with which the picture goes on. */
  forgetSent(): void {
    const shown = this.#shown;
    // A transport that closes meanwhile has nothing to forget.
    shown
      ?.pause()
      .then(() => shown.resume())
      .catch(() => {});
  }

  /** Binary report to the page; dropped while none is connected. */
  sendReport(bytes: Uint8Array): void {
    if (!this.#report.closed) this.#report.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  /** JSON message to the page, in order. */
  sendEvent(text: string): void {
    if (!this.#events.closed) this.#events.send(text);
  }

  /** Closes the page's transport, so that it asks for another. */
  disconnect(): void {
    this.#connection?.transport.close();
    this.#connection = undefined;
  }

  close(): void {
    this.#router.close();
  }

  #produceAv1(): Promise<{ producer: types.Producer; ssrc: number }> {
    const ssrc = randomInt(1, 2 ** 31);
    this.#av1 ??= this.#plain
      .produce({ kind: 'video', rtpParameters: videoParameters(AV1, ssrc) })
      .then((producer) => ({ producer, ssrc }));
    return this.#av1;
  }

  async #openConnection(): Promise<Connection> {
    const transport = await this.#router.createWebRtcTransport({
      webRtcServer: this.#server,
      enableUdp: true,
      enableTcp: true,
      preferUdp: true,
      enableSctp: true,
      initialAvailableOutgoingBitrate: INITIAL_BITRATE,
    });
    transport.on('dtlsstatechange', (state) => {
      if (state === 'connected') this.#listener.connected();
    });
    const [report, events, input, control] = await Promise.all([
      transport.consumeData({ dataProducerId: this.#report.id, ordered: false }),
      transport.consumeData({ dataProducerId: this.#events.id, ordered: true }),
      transport.produceData({ label: 'input', sctpStreamParameters: { ...INPUT_STREAM } }),
      transport.produceData({ label: 'control', sctpStreamParameters: { ...CONTROL_STREAM } }),
      // Its receiver reports answer the page's sender reports, by which the page knows its round trip.
      transport.produce({ kind: 'audio', rtpParameters: SILENCE }),
    ]);
    await Promise.all([
      this.#receive(input, (message) => this.#listener.input(message)),
      this.#receive(control, (message) => this.#listener.control(message.toString())),
    ]);
    return { transport, report, events };
  }

  #watchPath(transport: types.WebRtcTransport, video: types.Consumer): void {
    transport.on('trace', (trace) => {
      const { availableBitrate } = trace.info as { availableBitrate?: number };
      if (trace.type === 'bwe' && availableBitrate !== undefined) this.#listener.bandwidth(availableBitrate / 1000);
    });
    video.on('trace', ({ type }) => {
      if (type === 'nack') this.#listener.nacked();
    });
    // The page's first packet does not wait for it; a router that closes meanwhile needs no traces.
    Promise.all([transport.enableTraceEvent(['bwe']), video.enableTraceEvent(['nack'])]).catch(() => {});
  }

  async #receive(producer: types.DataProducer, handle: (message: Buffer) => void): Promise<void> {
    const consumer = await this.#direct.consumeData({ dataProducerId: producer.id });
    consumer.on('message', handle);
  }
}

function transportOptions(
  transport: types.WebRtcTransport,
  announcedPort: number | undefined,
): MediaOffer['transport'] {
  const { id, iceParameters, dtlsParameters, sctpParameters } = transport;
  const iceCandidates = transport.iceCandidates.map((candidate) => ({
    ...candidate,
    port: announcedPort ?? candidate.port,
  }));
  return { id, iceParameters, iceCandidates, dtlsParameters, sctpParameters } as MediaOffer['transport'];
}

function consumerOptions({ id, producerId, kind, rtpParameters }: types.Consumer): MediaOffer['video'] {
  return { id, producerId, kind, rtpParameters } as MediaOffer['video'];
}

function dataConsumerOptions({
  id,
  dataProducerId,
  sctpStreamParameters,
  label,
  protocol,
}: types.DataConsumer): MediaOffer['report'] {
  return { id, dataProducerId, sctpStreamParameters, label, protocol } as MediaOffer['report'];
}
