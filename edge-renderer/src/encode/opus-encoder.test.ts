import { expect, test } from 'vitest';
import { AUDIO_FRAME_BYTES, AUDIO_FRAME_SAMPLES, OpusEncoder } from './opus-encoder.ts';
import { SilenceGate } from './silence-gate.ts';

function tone(frame: number): Buffer {
  const samples = Buffer.alloc(AUDIO_FRAME_BYTES);
  for (let sample = 0; sample < AUDIO_FRAME_SAMPLES; sample++) {
    const value = Math.round(8_000 * Math.sin(((frame * AUDIO_FRAME_SAMPLES + sample) * 2 * Math.PI * 440) / 48_000));
    samples.writeInt16LE(value, sample * 4);
    samples.writeInt16LE(value, sample * 4 + 2);
  }
  return samples;
}

test('one 10 ms frame in, one packet of a 10 ms stereo low-delay frame out', () => {
  const encoder = new OpusEncoder(96);
  const packets = Array.from({ length: 50 }, (_, frame) => encoder.encode(tone(frame), frame * AUDIO_FRAME_SAMPLES));
  const lengths = packets.map((packet) => packet?.length ?? 0);
  expect(Math.min(...lengths)).toBeGreaterThan(20);
  // TOC byte (RFC 6716, 3.1): config 30 is CELT full band 10 ms; bit 2 is stereo; code 0 is one frame.
  expect(encoder.encode(tone(50), 50 * AUDIO_FRAME_SAMPLES)?.[0]).toBe((30 << 3) | 4);
  encoder.close();
});

test('the gate passes sound and a tail of silence, then shuts, and marks the next sound', () => {
  const gate = new SilenceGate();
  const silence = Buffer.alloc(AUDIO_FRAME_BYTES);
  expect(gate.pass(silence)).toEqual({ go: false, first: false });
  expect(gate.pass(tone(1))).toEqual({ go: true, first: true });
  expect(gate.pass(tone(2))).toEqual({ go: true, first: false });
  const tail = Array.from({ length: 40 }, () => gate.pass(silence).go);
  expect(tail.indexOf(false)).toBe(24);
  expect(gate.pass(tone(3))).toEqual({ go: true, first: true });
});
