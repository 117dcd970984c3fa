import { describe, expect, test } from 'vitest';
import { addTotals, receiveRates } from './receive-rates.ts';
import { NOTHING_RECEIVED, readReceiveTotals } from './receive-totals.ts';

const video = (fields: object) => ({ type: 'inbound-rtp', kind: 'video', ssrc: 777, ...fields });
const audio = (fields: object) => ({ type: 'inbound-rtp', kind: 'audio', ssrc: 778, ...fields });

describe('readReceiveTotals', () => {
  test('leaves the bandwidth probe out, wherever it stands in the report', () => {
    const probator = { type: 'inbound-rtp', kind: 'video', ssrc: 1234, packetsLost: 99, framesDecoded: 0 };
    const { video: totals } = readReceiveTotals([probator, video({ packetsLost: 1, framesDecoded: 60 })], 0);
    expect(totals).toMatchObject({ packetsLost: 1, framesDecoded: 60 });
  });

  test('names the codec of the picture, not of the sound', () => {
    const codecs = [
      { type: 'codec', id: 'a', mimeType: 'audio/opus' },
      { type: 'codec', id: 'v', mimeType: 'video/AV1' },
    ];
    expect(readReceiveTotals([...codecs, video({ codecId: 'v' })], 0).video.codec).toBe('AV1');
    expect(readReceiveTotals([...codecs, video({})], 0).video.codec).toBeUndefined();
  });

  test('takes the round trip of the pair in use', () => {
    const pairs = [
      { type: 'candidate-pair', nominated: false, state: 'succeeded', currentRoundTripTime: 9 },
      { type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: 0.012 },
    ];
    expect(readReceiveTotals(pairs, 0).roundTripMs).toBe(12);
    expect(readReceiveTotals([], 0).roundTripMs).toBeUndefined();
  });
});

describe('receiveRates', () => {
  test('averages over what passed between two readings', () => {
    const before = readReceiveTotals(
      [
        video({
          framesDecoded: 100,
          bytesReceived: 1_000,
          packetsReceived: 100,
          packetsLost: 5,
          jitterBufferDelay: 1,
          jitterBufferEmittedCount: 100,
          totalDecodeTime: 0.2,
        }),
        audio({ jitterBufferDelay: 10, jitterBufferEmittedCount: 1_000 }),
      ],
      1_000,
    );
    const after = readReceiveTotals(
      [
        video({
          framesDecoded: 130,
          bytesReceived: 63_500,
          packetsReceived: 195,
          packetsLost: 10,
          jitterBufferDelay: 1.03,
          jitterBufferEmittedCount: 130,
          totalDecodeTime: 0.26,
        }),
        audio({ jitterBufferDelay: 70, jitterBufferEmittedCount: 2_000 }),
      ],
      1_500,
    );
    const rates = receiveRates(before, after);
    expect(rates).toMatchObject({
      durationMs: 500,
      framesPerSecond: 60,
      videoKbps: 1_000,
      lossPercent: 5,
      packetsLost: 5,
    });
    expect(rates.jitterBufferMs).toBeCloseTo(1);
    expect(rates.decodeMs).toBeCloseTo(2);
    expect(rates.audioJitterBufferMs).toBeCloseTo(60);
  });

  test('a still screen has rates of zero and no averages', () => {
    const totals = readReceiveTotals([video({ framesDecoded: 5 })], 0);
    expect(receiveRates(totals, { ...totals, atMs: 1_000 })).toMatchObject({
      framesPerSecond: 0,
      lossPercent: 0,
      jitterBufferMs: undefined,
      decodeMs: undefined,
    });
  });

  test('packets that come late after all do not make the loss negative', () => {
    const before = readReceiveTotals([video({ packetsLost: 5, packetsReceived: 10 })], 0);
    const after = readReceiveTotals([video({ packetsLost: 3, packetsReceived: 20 })], 1_000);
    expect(receiveRates(before, after).lossPercent).toBe(0);
  });
});

test('addTotals sums counters and keeps the latest size and decoder', () => {
  const earlier = readReceiveTotals(
    [video({ framesDecoded: 10, frameWidth: 1280, decoderImplementation: 'a' }), audio({ totalAudioEnergy: 1 })],
    1,
  );
  const current = readReceiveTotals(
    [video({ framesDecoded: 4, frameWidth: 640, decoderImplementation: 'b' }), audio({ totalAudioEnergy: 2 })],
    2,
  );
  const sum = addTotals(earlier, current);
  expect(sum.video).toMatchObject({ framesDecoded: 14, width: 640, decoder: 'b' });
  expect(sum.audio.energy).toBe(3);
  expect(addTotals(NOTHING_RECEIVED, current)).toEqual(current);
});
