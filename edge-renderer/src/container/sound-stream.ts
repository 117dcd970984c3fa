import type { Socket } from 'node:net';
import { AUDIO_PAYLOAD_TYPE } from '@kilat/shared/media/router-capabilities';
import { AUDIO_FRAME_BYTES, AUDIO_FRAME_SAMPLES, OpusEncoder } from '../encode/opus-encoder.ts';
import { SilenceGate } from '../encode/silence-gate.ts';
import { RtpStream } from '../rtp/rtp-packet.ts';
import type { RtpSocket } from '../rtp/rtp-socket.ts';
import type { SoundServer } from './sound-server.ts';

const BITRATE_KBPS = 96;
/** More than this many frames at once means the process stalled; sound that late is dropped. */
const MAX_BACKLOG_FRAMES = 6;

/** The sound's way through the container: sound server → silence gate → Opus → RTP, in 10 ms frames. */
export class SoundStream {
  readonly #server: SoundServer;
  readonly #encoder = new OpusEncoder(BITRATE_KBPS);
  readonly #gate = new SilenceGate();
  #samples: Socket | undefined;
  #output: { stream: RtpStream; socket: RtpSocket } | undefined;
  #pending: Buffer = Buffer.alloc(0);
  #timestamp = Math.floor(Math.random() * 2 ** 30);

  constructor(server: SoundServer) {
    this.#server = server;
  }

  sendTo(socket: RtpSocket, ssrc: number): void {
    this.#output = {
      socket,
      stream: new RtpStream(ssrc, AUDIO_PAYLOAD_TYPE, false, Math.floor(Math.random() * 30_000)),
    };
  }

  /** Listens to the title while somebody is there to hear it. */
  setViewer(present: boolean): void {
    if (present === (this.#samples !== undefined)) return;
    this.#samples?.destroy();
    this.#samples = undefined;
    this.#pending = Buffer.alloc(0);
    if (!present) return;
    this.#samples = this.#server.listen();
    // The sound server's own end is reported by its owner.
    this.#samples.on('error', () => {});
    this.#samples.on('data', (chunk) => this.#heard(chunk));
  }

  close(): void {
    this.#samples?.destroy();
    this.#samples = undefined;
  }

  #heard(chunk: Buffer): void {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const frames = Math.floor(this.#pending.length / AUDIO_FRAME_BYTES);
    const skipped = frames > MAX_BACKLOG_FRAMES ? frames - 1 : 0;
    this.#timestamp += skipped * AUDIO_FRAME_SAMPLES;
    for (let frame = skipped; frame < frames; frame++) {
      this.#send(this.#pending.subarray(frame * AUDIO_FRAME_BYTES, (frame + 1) * AUDIO_FRAME_BYTES));
      this.#timestamp += AUDIO_FRAME_SAMPLES;
    }
    this.#pending = this.#pending.subarray(frames * AUDIO_FRAME_BYTES);
  }

  #send(samples: Buffer): void {
    const { go, first } = this.#gate.pass(samples);
    if (!go || this.#output === undefined) return;
    const encoded = this.#encoder.encode(samples, this.#timestamp);
    if (encoded === undefined) return;
    const { packet, payload } = this.#output.stream.packet(this.#timestamp, first, encoded.length);
    encoded.copy(payload);
    this.#output.socket.send(packet);
  }
}
