import { expect, test } from 'vitest';
import { SentLedger } from './sent-ledger.ts';

const sent = (ledger: SentLedger, ...timestamps: number[]) => {
  for (const rtpTimestamp of timestamps) ledger.frameSent({ rtpTimestamp, sentMs: rtpTimestamp / 90, bytes: 1_000 });
};
const shown = (...frames: [rtpTimestamp: number, arrivedMs: number][]) => ({
  frames: frames.map(([rtpTimestamp, arrivedMs]) => ({ rtpTimestamp, arrivedMs })),
  probes: [],
});

test('frames that were not shown count with the next one that was', () => {
  const ledger = new SentLedger();
  sent(ledger, 900, 1_800, 2_700, 3_600);
  expect(ledger.arrived(shown([900, 50], [2_700, 71]))).toEqual([
    { kind: 'frame', sentMs: 10, arrivedMs: 50, bytesSince: 1_000 },
    { kind: 'frame', sentMs: 30, arrivedMs: 71, bytesSince: 2_000 },
  ]);
  expect(ledger.inFlight).toEqual({ bytes: 1_000, oldestSentMs: 40 });
});

test('reports overlap, come out of order, and name frames nobody sent', () => {
  const ledger = new SentLedger();
  sent(ledger, 900, 1_800, 2_700);
  ledger.arrived(shown([1_800, 60]));
  expect(ledger.arrived(shown([900, 60], [1_800, 60], [4_242, 60]))).toEqual([]);
  expect(ledger.arrived(shown([2_700, 70]))).toHaveLength(1);
  expect(ledger.inFlight).toEqual({ bytes: 0, oldestSentMs: undefined });
});

test('a probe tells of the way while frames wait for packets that are sent again', () => {
  const ledger = new SentLedger();
  sent(ledger, 900);
  const first = ledger.probeSent(22);
  sent(ledger, 2_400);
  const second = ledger.probeSent(39);
  expect(ledger.arrived({ frames: [], probes: [{ id: first, arrivedMs: 62 }] })).toEqual([
    { kind: 'probe', sentMs: 22, arrivedMs: 62, bytesSince: 1_000 },
  ]);
  // The frame before came late, with a packet sent again; the one after was overtaken by its probe.
  const late = { frames: shown([900, 110], [2_400, 95]).frames, probes: [{ id: second, arrivedMs: 79 }] };
  expect(ledger.arrived(late)).toEqual([{ kind: 'probe', sentMs: 39, arrivedMs: 79, bytesSince: 1_000 }]);
});

test('after a pause what was lost before it is not waited for', () => {
  const ledger = new SentLedger();
  ledger.probeSent(10);
  ledger.probeSent(10_000);
  expect(ledger.inFlight.oldestSentMs).toBe(10_000);
});
