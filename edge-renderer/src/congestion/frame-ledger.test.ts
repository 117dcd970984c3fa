import { expect, test } from 'vitest';
import { FrameLedger } from './frame-ledger.ts';

const sent = (ledger: FrameLedger, ...timestamps: number[]) => {
  for (const rtpTimestamp of timestamps) ledger.sent({ rtpTimestamp, sentMs: rtpTimestamp / 90, bytes: 1_000 });
};

test('frames that were not shown count with the next one that was', () => {
  const ledger = new FrameLedger();
  sent(ledger, 900, 1_800, 2_700, 3_600);
  expect(
    ledger.arrived([
      { rtpTimestamp: 900, arrivedMs: 50 },
      { rtpTimestamp: 2_700, arrivedMs: 71 },
    ]),
  ).toEqual([
    { sentMs: 10, arrivedMs: 50, bytesSince: 1_000 },
    { sentMs: 30, arrivedMs: 71, bytesSince: 2_000 },
  ]);
  expect(ledger.inFlight).toEqual({ bytes: 1_000, oldestSentMs: 40 });
});

test('reports overlap, come out of order, and name frames nobody sent', () => {
  const ledger = new FrameLedger();
  sent(ledger, 900, 1_800, 2_700);
  ledger.arrived([{ rtpTimestamp: 1_800, arrivedMs: 60 }]);
  const again = [900, 1_800, 4_242].map((rtpTimestamp) => ({ rtpTimestamp, arrivedMs: 60 }));
  expect(ledger.arrived(again)).toEqual([]);
  expect(ledger.arrived([{ rtpTimestamp: 2_700, arrivedMs: 70 }])).toHaveLength(1);
  expect(ledger.inFlight).toEqual({ bytes: 0, oldestSentMs: undefined });
});

test('timestamps wrap', () => {
  const ledger = new FrameLedger();
  sent(ledger, 2 ** 32 - 500, 1_000);
  expect(ledger.arrived([{ rtpTimestamp: 2 ** 32 - 500, arrivedMs: 1 }])).toHaveLength(1);
  expect(ledger.arrived([{ rtpTimestamp: 1_000, arrivedMs: 18 }])).toHaveLength(1);
});
