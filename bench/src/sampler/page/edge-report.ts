import { decodeInputPacket } from '@kilat/shared/input/packet';
import { type AnsweredInput, decodeReport } from '@kilat/shared/input/report';
import { type ClockAlignment, ClockAligner } from '@kilat/shared/latency/clock';

/** A key-down as Kilat's page sent it. */
export interface SentKey {
  seq: number;
  /** Linux input event code. */
  key: number;
}

/**
 * What Kilat's edge says of each input, overheard on the page's own data channels: neither the player's code nor its
 * figures take part.
 */
export class EdgeReportTap {
  readonly sentKeys: SentKey[] = [];
  readonly #answers = new Map<number, AnsweredInput>();
  readonly #clock = new ClockAligner();
  #channel: RTCDataChannel | undefined;
  #lastSeq = 0;

  /** Call before the page's own scripts run. */
  install(): void {
    const onReport = (bytes: Uint8Array) => this.#onReport(bytes);
    const onSent = (channel: RTCDataChannel, bytes: Uint8Array) => this.#onSent(channel, bytes);
    const send = RTCDataChannel.prototype.send as (data: unknown) => void;
    RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: unknown) {
      send.call(this, data);
      if (this.label === 'input') withBytes(data, (bytes) => onSent(this, bytes));
    };
    const create = RTCPeerConnection.prototype.createDataChannel;
    RTCPeerConnection.prototype.createDataChannel = function (this: RTCPeerConnection, label, options) {
      const channel = create.call(this, label, options);
      if (label === 'report') channel.addEventListener('message', ({ data }) => withBytes(data, onReport));
      return channel;
    };
  }

  answer(seq: number): AnsweredInput | undefined {
    return this.#answers.get(seq);
  }

  clock(): ClockAlignment | undefined {
    return this.#clock.alignment(performance.now());
  }

  forget(): void {
    this.sentKeys.length = 0;
    this.#answers.clear();
  }

  #onSent(channel: RTCDataChannel, bytes: Uint8Array): void {
    const packet = decodeInputPacket(bytes);
    if (packet?.kind !== 'input') return;
    // A new connection counts from 1 again.
    if (channel !== this.#channel) this.#lastSeq = 0;
    this.#channel = channel;
    packet.events.forEach((event, place) => {
      const seq = packet.firstSeq + place;
      // Packets repeat what is not acknowledged yet.
      if (seq <= this.#lastSeq) return;
      if (event.type === 'key-down') this.sentKeys.push({ seq, key: event.key });
      this.#lastSeq = seq;
    });
  }

  #onReport(bytes: Uint8Array): void {
    const report = decodeReport(bytes);
    if (report?.kind === 'pong') {
      const { pingSentMs, receivedMs, sentMs } = report;
      this.#clock.add({
        sentMs: pingSentMs,
        remoteReceivedMs: receivedMs,
        remoteSentMs: sentMs,
        answeredMs: performance.now(),
      });
    } else if (report?.kind === 'inputs') {
      for (const answer of report.answered) this.#answers.set(answer.seq, answer);
    }
  }
}

function withBytes(data: unknown, take: (bytes: Uint8Array) => void): void {
  if (data instanceof ArrayBuffer) take(new Uint8Array(data));
  else if (ArrayBuffer.isView(data)) take(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  else if (data instanceof Blob) void data.arrayBuffer().then((buffer) => take(new Uint8Array(buffer)));
}
