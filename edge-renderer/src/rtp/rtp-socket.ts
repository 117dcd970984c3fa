import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

const SEND_BUFFER_BYTES = 4 * 1024 * 1024;

/** The session's UDP socket to its mediasoup PlainTransport on loopback (RTP out, RTCP in, multiplexed). */
export class RtpSocket {
  readonly #socket: Socket;
  #closed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async connect(port: number, onRtcp: (compound: Buffer) => void): Promise<RtpSocket> {
    const socket = createSocket('udp4');
    socket.connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.setSendBufferSize(SEND_BUFFER_BYTES);
    socket.on('message', onRtcp);
    // ECONNREFUSED: the worker is gone; the agent notices that itself and gives the session a new transport.
    socket.on('error', () => {});
    return new RtpSocket(socket);
  }

  /** After `close` it does nothing: a frame may have been under way when another socket took its place. */
  send(packet: Buffer): void {
    if (!this.#closed) this.#socket.send(packet, () => {});
  }

  close(): void {
    this.#closed = true;
    this.#socket.close();
  }
}
