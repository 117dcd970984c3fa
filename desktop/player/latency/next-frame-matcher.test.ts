import type { AnsweredInput } from '@kilat/shared/input/report';
import { LATENCY_STAGES, type ShownFrame } from '@kilat/shared/latency/stages';
import { describe, expect, test } from 'vitest';
import type { MatchedInput } from './matched-input.ts';
import { NextFrameMatcher } from './next-frame-matcher.ts';

const frame = (rtpTimestamp: number, shownMs: number): ShownFrame => ({
  rtpTimestamp: rtpTimestamp >>> 0,
  receivedMs: shownMs - 5,
  decodeMs: 1,
  presentedMs: shownMs - 3,
  shownMs,
  expectedDisplayMs: shownMs + 8,
});
/** The edge's clock is 1,000 ms ahead of the player's. */
const answer = (seq: number, rtpTimestamp: number, receivedMs: number): AnsweredInput => ({
  seq,
  rtpTimestamp: rtpTimestamp >>> 0,
  receivedMs: receivedMs + 1_000,
  injectedMs: receivedMs + 1_000.5,
  damagedMs: receivedMs + 1_001,
  capturedMs: receivedMs + 1_002,
  convertedMs: receivedMs + 1_003,
  encodedMs: receivedMs + 1_006,
  sentMs: receivedMs + 1_006.2,
});
const key = { type: 'key-down', key: 30 } as const;

function matcher(aligned = true) {
  const matches: MatchedInput[] = [];
  const clock = () => (aligned ? { offsetMs: 1_000, uncertaintyMs: 0.5 } : undefined);
  return { matches, matcher: new NextFrameMatcher(clock, (match) => matches.push(match)) };
}

describe('NextFrameMatcher', () => {
  test('takes the first frame at or after the answered one, not the nearest before', () => {
    const { matcher: inputs, matches } = matcher();
    inputs.sent(1, key, 100);
    inputs.shown(frame(8_999, 104));
    inputs.answered(answer(1, 9_000, 101));
    expect(matches).toEqual([]);
    inputs.shown(frame(10_500, 120));
    inputs.shown(frame(12_000, 136));
    expect(matches).toMatchObject([{ seq: 1, totalMs: 20, expectedTotalMs: 28, shownMs: 120 }]);
  });

  test('finds a frame that was shown before its answer came', () => {
    const { matcher: inputs, matches } = matcher();
    inputs.sent(1, key, 100);
    inputs.shown(frame(8_000, 102));
    inputs.shown(frame(9_000, 116));
    inputs.shown(frame(10_500, 132));
    inputs.answered(answer(1, 9_000, 101));
    expect(matches).toMatchObject([{ totalMs: 16 }]);
  });

  test('follows timestamps over the wrap at 2^32', () => {
    const { matcher: inputs, matches } = matcher();
    inputs.sent(1, key, 100);
    inputs.shown(frame(2 ** 32 - 10, 105));
    inputs.answered(answer(1, 2 ** 32 - 5, 101));
    expect(matches).toEqual([]);
    inputs.shown(frame(3, 118));
    expect(matches).toMatchObject([{ totalMs: 18 }]);
  });

  test('several inputs may share a frame; each is matched once', () => {
    const { matcher: inputs, matches } = matcher();
    inputs.sent(1, key, 100);
    inputs.sent(2, { type: 'motion', dx: 1, dy: 0 }, 103);
    inputs.answered(answer(1, 9_000, 101));
    inputs.answered(answer(2, 9_000, 104));
    inputs.shown(frame(9_000, 115));
    inputs.answered(answer(1, 9_000, 101));
    inputs.shown(frame(9_100, 130));
    expect(matches.map(({ seq, totalMs }) => [seq, totalMs])).toEqual([
      [1, 15],
      [2, 12],
    ]);
  });

  test('the stages add up to the total', () => {
    const { matcher: inputs, matches } = matcher();
    inputs.sent(1, key, 100);
    inputs.answered(answer(1, 9_000, 101));
    inputs.shown(frame(9_000, 115));
    const stages = matches[0]?.stages;
    expect(LATENCY_STAGES.reduce((sum, stage) => sum + (stages?.[stage] ?? Number.NaN), 0)).toBeCloseTo(15);
  });

  test('is not split while the clocks are not aligned, but counts', () => {
    const { matcher: inputs, matches } = matcher(false);
    inputs.sent(1, key, 100);
    inputs.answered(answer(1, 9_000, 101));
    inputs.shown(frame(9_000, 115));
    expect(matches).toMatchObject([{ totalMs: 15, stages: undefined }]);
  });

  test('releases are not counted; unanswered and never shown inputs are unmatched after two seconds', () => {
    const { matcher: inputs, matches } = matcher();
    expect(inputs.sent(1, { type: 'key-up', key: 30 }, 0)).toBe(false);
    expect(inputs.sent(2, { type: 'release-all' }, 0)).toBe(false);
    expect(inputs.sent(3, key, 0)).toBe(true);
    expect(inputs.sent(4, { type: 'wheel', dx: 0, dy: 120 }, 0)).toBe(true);
    inputs.answered(answer(4, 9_000, 1));
    expect(inputs.expire(2_000)).toBe(0);
    expect(inputs.expire(2_001)).toBe(2);
    inputs.answered(answer(3, 9_000, 1));
    inputs.shown(frame(9_000, 2_100));
    expect(matches).toEqual([]);
    inputs.sent(5, key, 2_100);
    expect(inputs.expire(Number.POSITIVE_INFINITY)).toBe(1);
  });
});
