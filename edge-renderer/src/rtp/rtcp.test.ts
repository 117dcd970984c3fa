import { expect, test } from 'vitest';
import { asksForKeyFrame } from './rtcp.ts';

const SSRC = 22_222_222;
const PROBATOR = 1_234;

function feedback(format: number, mediaSsrc: number, fci: number[] = []): Buffer {
  const packet = Buffer.alloc(12 + 4 * fci.length);
  packet[0] = 0x80 | format;
  packet[1] = 206;
  packet.writeUInt16BE(packet.length / 4 - 1, 2);
  packet.writeUInt32BE(mediaSsrc, 8);
  fci.forEach((word, index) => packet.writeUInt32BE(word, 12 + 4 * index));
  return packet;
}
const receiverReport = Buffer.from(`81c90007${'00'.repeat(28)}`, 'hex');

test('finds PLI and FIR for our stream in a compound packet', () => {
  expect(asksForKeyFrame(Buffer.concat([receiverReport, feedback(1, SSRC)]), SSRC)).toBe(true);
  expect(asksForKeyFrame(feedback(4, 0, [SSRC, 0x01000000]), SSRC)).toBe(true);
});

test('ignores reports, and requests for mediasoup’s probator', () => {
  expect(asksForKeyFrame(receiverReport, SSRC)).toBe(false);
  expect(asksForKeyFrame(feedback(1, PROBATOR), SSRC)).toBe(false);
});

test('a truncated packet is no request', () => {
  expect(asksForKeyFrame(feedback(1, SSRC).subarray(0, 9), SSRC)).toBe(false);
});
