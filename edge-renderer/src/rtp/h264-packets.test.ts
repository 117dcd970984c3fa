import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { openEncoder, openScreen } from '../encode/open-encoder.ts';
import { h264Packets, nalUnits } from './h264-packets.ts';
import { MAX_PAYLOAD_BYTES, RtpStream } from './rtp-packet.ts';

const HEADER = 20;
const SSRC = 0x12345678;
const newStream = () => new RtpStream(SSRC, 101, true, 65_530);

/** Puts payloads back together as a receiver does (RFC 6184, sections 5.7.1 and 5.8). */
function depacketise(packets: Buffer[]): Buffer[] {
  const nals: Buffer[] = [];
  let fragments: Buffer[] = [];
  for (const packet of packets) {
    const payload = packet.subarray(HEADER);
    const type = (payload[0] as number) & 31;
    if (type === 24) {
      for (let at = 1; at < payload.length; ) {
        const bytes = payload.readUInt16BE(at);
        nals.push(payload.subarray(at + 2, at + 2 + bytes));
        at += 2 + bytes;
      }
    } else if (type === 28) {
      const [indicator, header] = [payload[0] as number, payload[1] as number];
      if (header & 0x80) fragments = [Buffer.from([(indicator & 0xe0) | (header & 31)])];
      fragments.push(payload.subarray(2));
      if (header & 0x40) nals.push(Buffer.concat(fragments));
    } else nals.push(payload);
  }
  return nals;
}

test('a key frame of a noisy picture survives packetising whole', async () => {
  const screen = await openScreen(640, 360);
  const encoder = await openEncoder('x264', screen, {
    width: 640,
    height: 360,
    framesPerSecond: 60,
    bitrateKbps: 8_000,
  });
  randomBytes(screen.pixels.length).copy(screen.pixels);
  const { data, keyFrame } = await encoder.encode(90);
  expect(keyFrame).toBe(true);
  const packets = [...h264Packets(newStream(), data, 4711)];
  const kept = [...nalUnits(data)].filter((nal) => ![6, 9].includes((nal[0] as number) & 31));
  // Parameter sets, and as many slices as this machine has threads for.
  const types = kept.map((nal) => (nal[0] as number) & 31);
  expect([types.slice(0, 2), new Set(types.slice(2))]).toEqual([[7, 8], new Set([5])]);
  expect(Buffer.concat(depacketise(packets)).equals(Buffer.concat(kept))).toBe(true);
  encoder.close();
});

test('packets carry ssrc, timestamp, growing sequence numbers, one marker at the end and playout-delay 0/0', () => {
  const slice = Buffer.concat([Buffer.from([0, 0, 0, 1, 0x65]), randomBytes(3000).map((byte) => byte | 1)]);
  const packets = [...h264Packets(newStream(), slice, 0xfffffff0)];
  expect(packets.length).toBe(3);
  expect(packets.map((packet) => packet.readUInt16BE(2))).toEqual([65_530, 65_531, 65_532]);
  for (const [index, packet] of packets.entries()) {
    expect(packet.readUInt32BE(4)).toBe(0xfffffff0);
    expect(packet.readUInt32BE(8)).toBe(SSRC);
    expect((packet[1] as number) >> 7).toBe(index === packets.length - 1 ? 1 : 0);
    expect(packet.subarray(12, HEADER).toString('hex')).toBe('bede0001b2000000');
    expect(packet.length - HEADER).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
  }
});

test('sequence numbers wrap', () => {
  const stream = new RtpStream(1, 96, false, 65_535);
  const numbers = [0, 1].map(() => stream.packet(0, false, 0).packet.readUInt16BE(2));
  expect(numbers).toEqual([65_535, 0]);
});
