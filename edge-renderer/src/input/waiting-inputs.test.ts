import { PAD_AT_REST } from '@kilat/shared/input/gamepad';
import { expect, test } from 'vitest';
import type { SentFrame } from '../container/messages.ts';
import { WaitingInputs } from './waiting-inputs.ts';

const frame = (capturedMs: number, more: Partial<SentFrame> = {}): SentFrame => ({
  cause: 'damage',
  rtpTimestamp: capturedMs * 90,
  damagedMs: capturedMs - 1,
  capturedMs,
  convertedMs: capturedMs + 1,
  encodedMs: capturedMs + 5,
  sentMs: capturedMs + 6,
  bytes: 1000,
  keyFrame: false,
  ...more,
});
const down = { type: 'key-down', key: 30 } as const;

test('an input is answered by the first frame captured after it, not by one under way', () => {
  const waiting = new WaitingInputs();
  waiting.injected(1, down, 100, 101);
  expect(waiting.answeredBy(frame(100.5))).toEqual([]);
  expect(waiting.answeredBy(frame(104)).map(({ seq, rtpTimestamp }) => [seq, rtpTimestamp])).toEqual([[1, 104 * 90]]);
  expect(waiting.answeredBy(frame(120))).toEqual([]);
});

test('a frame the screen did not ask for answers nothing', () => {
  const waiting = new WaitingInputs();
  waiting.injected(1, down, 100, 101);
  expect(waiting.answeredBy(frame(104, { cause: 'refresh' }))).toEqual([]);
  expect(waiting.answeredBy(frame(110))).toHaveLength(1);
});

test('damage from before the input is not counted as the title’s answer time', () => {
  const waiting = new WaitingInputs();
  waiting.injected(1, down, 100, 101);
  expect(waiting.answeredBy(frame(102, { damagedMs: 95 }))[0]?.damagedMs).toBe(101);
});

test('releases are not answered, and old inputs are given up', () => {
  const waiting = new WaitingInputs();
  waiting.injected(1, { type: 'key-up', key: 30 }, 100, 101);
  waiting.injected(2, down, 100, 101);
  waiting.injected(4, { type: 'gamepad', pad: 0, state: PAD_AT_REST }, 5_000, 5_001);
  waiting.injected(3, down, 5_000, 5_001);
  expect(waiting.answeredBy(frame(5_010)).map(({ seq }) => seq)).toEqual([3]);
});
