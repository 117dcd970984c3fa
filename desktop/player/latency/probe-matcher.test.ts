import type { AnsweredInput } from '@kilat/shared/input/report';
import { LATENCY_STAGES, type ShownFrame } from '@kilat/shared/latency/stages';
import { nextProbeState, PROBE_START, type ProbeState } from '@kilat/shared/title/probe-code';
import { describe, expect, test } from 'vitest';
import type { MatchedInput } from './matched-input.ts';
import { answerForFrame, ProbeMatcher } from './probe-matcher.ts';

const frame = (shownMs: number): ShownFrame => ({
  rtpTimestamp: shownMs * 90,
  receivedMs: shownMs - 5,
  decodeMs: 1,
  presentedMs: shownMs - 3,
  shownMs,
  expectedDisplayMs: shownMs,
});
const answer = (seq: number, receivedMs: number, capturedMs: number): AnsweredInput => ({
  seq,
  rtpTimestamp: capturedMs * 90,
  receivedMs,
  injectedMs: receivedMs + 0.5,
  damagedMs: capturedMs,
  capturedMs: capturedMs + 0.2,
  convertedMs: capturedMs + 1,
  encodedMs: capturedMs + 4,
  sentMs: capturedMs + 4.1,
});
const key = (code: number) => ({ type: 'key-down', key: code }) as const;
const rolled = (from: ProbeState, ...codes: number[]) => codes.reduce(nextProbeState, from);

function matcher() {
  const matches: MatchedInput[] = [];
  const unread = () => Promise.reject(new Error('not read in this test'));
  const presses = new ProbeMatcher(
    () => ({ offsetMs: 0, uncertaintyMs: 0.5 }),
    unread,
    (match) => matches.push(match),
  );
  return { presses, matches };
}

describe('ProbeMatcher', () => {
  test('matches the first frame that carries the press', () => {
    const { presses, matches } = matcher();
    presses.saw(frame(50), PROBE_START);
    expect(presses.sent(1, key(30), 100)).toBe(true);
    presses.answered(answer(1, 101, 103));
    presses.saw(frame(110), PROBE_START);
    expect(matches).toEqual([]);
    presses.saw(frame(127), rolled(PROBE_START, 30));
    presses.saw(frame(143), rolled(PROBE_START, 30));
    expect(matches).toMatchObject([{ seq: 1, totalMs: 27 }]);
  });

  test('a frame with the right number but other keys is not the answer', () => {
    const { presses, matches } = matcher();
    presses.saw(frame(50), PROBE_START);
    presses.sent(1, key(30), 100);
    presses.saw(frame(110), rolled(PROBE_START, 31));
    expect(matches).toEqual([]);
    expect(presses.expire(2_101)).toBe(1);
  });

  test('a later number answers the presses before it too, buttons included', () => {
    const { presses, matches } = matcher();
    const base = { number: 0xffff, hash: 77 };
    presses.saw(frame(50), base);
    presses.sent(1, key(30), 100);
    presses.sent(2, key(31), 104);
    presses.sent(3, { type: 'button-down', button: 2 }, 108);
    for (const seq of [1, 2, 3]) presses.answered(answer(seq, 109, 110));
    presses.saw(frame(120), rolled(base, 30, 31));
    expect(matches.map(({ seq, totalMs }) => [seq, totalMs])).toEqual([
      [1, 20],
      [2, 16],
    ]);
    presses.saw(frame(136), rolled(base, 30, 31, 0x112));
    expect(matches.at(-1)).toMatchObject({ seq: 3, totalMs: 28 });
  });

  test('waits for the edge’s answer to split the time, and does without it after two seconds', () => {
    const { presses, matches } = matcher();
    presses.saw(frame(50), PROBE_START);
    presses.sent(1, key(30), 100);
    presses.sent(2, key(31), 100);
    presses.saw(frame(120), rolled(PROBE_START, 30, 31));
    expect(matches).toEqual([]);
    presses.answered(answer(1, 101, 103));
    expect(matches).toMatchObject([{ seq: 1, totalMs: 20 }]);
    expect(matches[0]?.stages).toBeDefined();
    expect(presses.expire(2_101)).toBe(0);
    expect(matches[1]).toMatchObject({ seq: 2, totalMs: 20, stages: undefined });
  });

  test('counts on from what the picture says after its number moved by itself', () => {
    const { presses, matches } = matcher();
    presses.saw(frame(50), PROBE_START);
    presses.saw(frame(60), { number: 9, hash: 9 });
    presses.sent(1, key(30), 100);
    presses.saw(frame(120), rolled({ number: 9, hash: 9 }, 30));
    presses.answered(answer(1, 101, 103));
    expect(matches).toHaveLength(1);
  });

  test('finds its way back while presses go on', () => {
    const { presses, matches } = matcher();
    presses.saw(frame(50), PROBE_START);
    presses.sent(1, key(30), 100);
    presses.saw(frame(120), { number: 500, hash: 1 });
    presses.sent(2, key(31), 2_000);
    expect(presses.expire(2_101)).toBe(1);
    presses.saw(frame(2_110), { number: 501, hash: 5 });
    presses.sent(3, key(32), 2_200);
    expect(presses.expire(2_210)).toBe(1);
    presses.saw(frame(2_220), rolled({ number: 501, hash: 5 }, 32));
    presses.answered(answer(3, 2_201, 2_205));
    expect(matches.map(({ seq }) => seq)).toEqual([3]);
  });

  test('only presses count', () => {
    const { presses } = matcher();
    expect(presses.sent(1, { type: 'key-up', key: 30 }, 0)).toBe(false);
    expect(presses.sent(2, { type: 'motion', dx: 1, dy: 1 }, 0)).toBe(false);
  });
});

test('time until a later frame is the title’s, and the stages still add up', () => {
  const { presses, matches } = matcher();
  presses.saw(frame(50), PROBE_START);
  presses.sent(1, key(30), 100);
  presses.answered(answer(1, 101, 102));
  const later = { ...frame(140), rtpTimestamp: 118 * 90 };
  presses.saw(later, rolled(PROBE_START, 30));
  const stages = matches[0]?.stages;
  expect(stages?.title).toBeCloseTo(118 - 101.5);
  expect(LATENCY_STAGES.reduce((sum, stage) => sum + (stages?.[stage] ?? Number.NaN), 0)).toBeCloseTo(40);
  expect(answerForFrame(answer(1, 101, 1), 2 ** 32 - 90).capturedMs).toBeCloseTo(-0.8);
});
