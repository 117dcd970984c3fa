import { expect, test } from 'vitest';
import { ClockAligner } from './clock.ts';

/** An exchange with a remote clock that is `offsetMs` ahead; the two legs may differ. */
function exchange(aligner: ClockAligner, sentMs: number, offsetMs: number, outMs: number, backMs: number): void {
  const remoteReceivedMs = sentMs + outMs + offsetMs;
  aligner.add({
    sentMs,
    remoteReceivedMs,
    remoteSentMs: remoteReceivedMs + 0.1,
    answeredMs: sentMs + outMs + 0.1 + backMs,
  });
}

test('the true offset lies within the stated uncertainty, whatever the legs', () => {
  const aligner = new ClockAligner();
  for (let round = 0; round < 40; round++)
    exchange(aligner, round * 500, 12_345, 1 + Math.random() * 30, 1 + Math.random() * 30);
  const { offsetMs, uncertaintyMs } = aligner.alignment(20_000) ?? { offsetMs: 0, uncertaintyMs: 0 };
  expect(Math.abs(offsetMs - 12_345)).toBeLessThanOrEqual(uncertaintyMs);
});

test('the shortest round trip counts, and old ones are forgotten', () => {
  const aligner = new ClockAligner();
  expect(aligner.alignment(0)).toBeUndefined();
  exchange(aligner, 0, 100, 1, 1);
  exchange(aligner, 1_000, 100, 40, 2);
  expect(aligner.alignment(1_100)?.uncertaintyMs).toBeLessThan(1.2);
  expect(aligner.lastRoundTripMs).toBeCloseTo(42);
  exchange(aligner, 30_000, 250, 20, 20);
  expect(aligner.alignment(30_100)?.offsetMs).toBeCloseTo(250);
});

test('an answer from before its question is ignored', () => {
  const aligner = new ClockAligner();
  aligner.add({ sentMs: 100, remoteReceivedMs: 0, remoteSentMs: 0, answeredMs: 90 });
  expect(aligner.alignment(100)).toBeUndefined();
});
