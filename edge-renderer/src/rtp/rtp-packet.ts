import {
  DEPENDENCY_DESCRIPTOR_EXTENSION_ID,
  PLAYOUT_DELAY_EXTENSION_ID,
} from '@kilat/shared/media/router-capabilities';

/** Largest RTP payload in bytes: with headers, SRTP tag and RTX prefix it stays under a 1,280-byte IPv6 packet. */
export const MAX_PAYLOAD_BYTES = 1_180;

const HEADER_BYTES = 12;
/** One-byte header extension block (RFC 8285) with playout-delay 0/0 (3 bytes of data): profile, length, element. */
const EXTENSION_BYTES = 8;

/** One RTP stream: its SSRC, payload type and running sequence number (RFC 3550). */
export class RtpStream {
  readonly ssrc: number;
  readonly #payloadType: number;
  readonly #playoutDelay: boolean;
  #sequence: number;

  /** `playoutDelay`: each packet asks the receiver to play at once (min = max = 0), which empties its jitter buffer. */
  constructor(ssrc: number, payloadType: number, playoutDelay: boolean, firstSequence: number) {
    this.ssrc = ssrc;
    this.#payloadType = payloadType;
    this.#playoutDelay = playoutDelay;
    this.#sequence = firstSequence & 0xffff;
  }

  /**
   * A packet with room for `payloadBytes`; `payload` is that room. `descriptor`: a dependency descriptor of at most 16 bytes,
   * only where the stream asks for playout-delay.
   */
  packet(
    timestamp: number,
    marker: boolean,
    payloadBytes: number,
    descriptor?: Buffer,
  ): { packet: Buffer; payload: Buffer } {
    // Elements of a header extension are padded to words of four bytes.
    const descriptorWords = descriptor === undefined ? 0 : Math.ceil((1 + descriptor.length) / 4);
    const payloadAt = HEADER_BYTES + (this.#playoutDelay ? EXTENSION_BYTES + 4 * descriptorWords : 0);
    const packet = Buffer.allocUnsafe(payloadAt + payloadBytes);
    packet[0] = this.#playoutDelay ? 0x90 : 0x80;
    packet[1] = this.#payloadType | (marker ? 0x80 : 0);
    packet.writeUInt16BE(this.#sequence, 2);
    packet.writeUInt32BE(timestamp >>> 0, 4);
    packet.writeUInt32BE(this.ssrc, 8);
    if (this.#playoutDelay) {
      packet.writeUInt32BE(0xbede0001 + descriptorWords, 12);
      packet.writeUInt32BE(((PLAYOUT_DELAY_EXTENSION_ID << 4) | 2) * 2 ** 24, 16);
      if (descriptor !== undefined) {
        packet.fill(0, HEADER_BYTES + EXTENSION_BYTES, payloadAt);
        packet[HEADER_BYTES + EXTENSION_BYTES] = (DEPENDENCY_DESCRIPTOR_EXTENSION_ID << 4) | (descriptor.length - 1);
        descriptor.copy(packet, HEADER_BYTES + EXTENSION_BYTES + 1);
      }
    }
    this.#sequence = (this.#sequence + 1) & 0xffff;
    return { packet, payload: packet.subarray(payloadAt) };
  }
}
