import { expect, test } from 'vitest';
import { type AnsweredInput, decodeReport, encodeReport } from './report.ts';

const answer = (seq: number): AnsweredInput => ({
  seq,
  rtpTimestamp: 4_294_967_290,
  receivedMs: 86_400_000.125,
  injectedMs: 86_400_000.25,
  damagedMs: 86_400_001.5,
  capturedMs: 86_400_002.5,
  convertedMs: 86_400_004,
  encodedMs: 86_400_009.75,
  sentMs: 86_400_010,
});

test('answers survive the wire to a hundredth of a millisecond, after a day of uptime', () => {
  const decoded = decodeReport(encodeReport({ kind: 'inputs', ackSeq: 9, answered: [answer(8), answer(9)] }));
  if (decoded?.kind !== 'inputs') throw new Error('not decoded');
  expect(decoded.ackSeq).toBe(9);
  expect(decoded.answered.map(({ seq }) => seq)).toEqual([8, 9]);
  for (const [name, value] of Object.entries(answer(9)))
    expect(decoded.answered[1]?.[name as keyof AnsweredInput]).toBeCloseTo(value, 2);
});

test('a pong survives the wire', () => {
  const pong = { kind: 'pong', pingSentMs: 1.5, receivedMs: 2.25, sentMs: 3.125 } as const;
  expect(decodeReport(encodeReport(pong))).toEqual(pong);
});

test('a probe survives the wire', () => {
  const probe = { kind: 'probe', id: 65_535 } as const;
  expect(decodeReport(encodeReport(probe))).toEqual(probe);
});

test('every truncation is refused', () => {
  const bytes = encodeReport({ kind: 'inputs', ackSeq: 1, answered: [answer(1)] });
  for (let length = 0; length < bytes.length; length++) expect(decodeReport(bytes.subarray(0, length))).toBeUndefined();
});
