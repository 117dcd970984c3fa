import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { PictureDecoder } from '../encode/libav/picture-decoder.ts';
import { openEncoder, openScreen } from '../encode/open-encoder.ts';
import { obus } from './av1-obus.ts';
import { Av1Packetiser } from './av1-packets.ts';
import { MAX_PAYLOAD_BYTES, RtpStream } from './rtp-packet.ts';
import { depacketiseAv1, readPacket } from './testing/av1-receiver.ts';

const SSRC = 0x12345678;
const newPacketiser = () => new Av1Packetiser(new RtpStream(SSRC, 103, true, 65_530));

test('frames of a real encoder survive packetising and are decoded, key frame, small ones and large ones', async () => {
  const size = { width: 640, height: 360 };
  const screen = await openScreen(size.width, size.height);
  const encoder = await openEncoder('svt-av1', screen, { ...size, framesPerSecond: 60, bitrateKbps: 8_000 });
  const decoder = new PictureDecoder('video/AV1');
  const packetiser = newPacketiser();
  try {
    for (let frame = 0; frame < 6; frame++) {
      // A still picture in between: frames far smaller than a packet.
      if (frame !== 2 && frame !== 3) randomBytes(screen.pixels.length).copy(screen.pixels);
      if (frame === 5) encoder.requestKeyFrame();
      const { data, keyFrame } = await encoder.encode(frame * 1_500);
      const packets = [...packetiser.packets(data, frame * 1_500)];
      expect(keyFrame).toBe(frame === 0 || frame === 5);
      // N is said in the first packet of a key frame, and only there.
      const says = packets.map((packet) => ((readPacket(packet).payload[0] as number) >> 3) & 1);
      expect(says).toEqual(packets.map((_, index) => (keyFrame && index === 0 ? 1 : 0)));
      const whole = depacketiseAv1(packets);
      const types = (of: Buffer) => [...obus(of)].map(({ type }) => type);
      expect(types(whole)).toEqual(types(data).filter((type) => type !== 2));
      expect(decoder.decode(whole, frame)).toMatchObject({ ...size, ticks: frame });
    }
  } finally {
    decoder.close();
    encoder.close();
  }
});

/** A unit of a type with a payload of so many bytes, with its size as encoders write it. */
const unit = (type: number, bytes: number) =>
  Buffer.concat([Buffer.from([(type << 3) | 2, (bytes & 127) | 128, bytes >> 7]), randomBytes(bytes)]);

test('packets carry ssrc, timestamp, growing sequence numbers, one marker at the end, and fill what they may', () => {
  const packets = [...newPacketiser().packets(Buffer.concat([unit(2, 0), unit(1, 12), unit(6, 3_000)]), 0xfffffff0)];
  expect(packets.map((packet) => packet.readUInt16BE(2))).toEqual([65_530, 65_531, 65_532]);
  expect(packets.map((packet) => readPacket(packet).marker)).toEqual([false, false, true]);
  for (const packet of packets) {
    expect([packet.readUInt32BE(4), packet.readUInt32BE(8), (packet[1] as number) & 127]).toEqual([
      0xfffffff0,
      SSRC,
      103,
    ]);
    expect(readPacket(packet).payload.length).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
    expect(readPacket(packet).extensions.get(11)?.toString('hex')).toBe('000000');
  }
  expect(packets.slice(0, -1).every((packet) => readPacket(packet).payload.length > MAX_PAYLOAD_BYTES - 4)).toBe(true);
});

test.each([1, 2, 3, 4, 9])('%i units of every length around the end of a packet come back whole', (count) => {
  for (let bytes = 0; bytes < 2 * MAX_PAYLOAD_BYTES + 10; bytes += bytes < 1_100 || bytes > 1_200 ? 61 : 1) {
    const sent = Buffer.concat(Array.from({ length: count }, () => unit(6, bytes)));
    const back = depacketiseAv1([...newPacketiser().packets(sent, 0)]);
    const payloads = (of: Buffer) => [...obus(of)].map(({ payload }) => payload);
    expect(Buffer.concat(payloads(back)).equals(Buffer.concat(payloads(sent)))).toBe(true);
    expect(payloads(back)).toHaveLength(count);
  }
});

test('the dependency descriptor tells the worker where frames begin and end, and which is a key frame', () => {
  const packetiser = newPacketiser();
  const descriptors = (frame: Buffer) =>
    [...packetiser.packets(frame, 0)].map((packet) => readPacket(packet).extensions.get(7)?.toString('hex'));
  // Of a key frame's first packet: structure 10000 000000 00000 0011 1010 0 1 0000 0 0 0 (section A.8.2).
  expect(descriptors(Buffer.concat([unit(1, 12), unit(6, 2_000)]))).toEqual(['80000080003a4000', '400000']);
  expect(descriptors(unit(6, 20))).toEqual(['c10001']);
  expect(descriptors(unit(6, 3_000))).toEqual(['810002', '010002', '410002']);
});
