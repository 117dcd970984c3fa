import { expect, test } from 'vitest';
import {
  type ArrivalReport,
  decodeArrivalReport,
  encodeArrivalReport,
  isArrivalReport,
  MAX_REPORTED,
} from './arrival-report.ts';

const report: ArrivalReport = {
  sentMs: 12_345.6,
  packetsReceived: 100_000,
  packetsLost: 1_000,
  nacks: 40,
  plis: 2,
  roundTripMs: 41.5,
  frames: [
    { rtpTimestamp: 4_294_967_290, arrivedMs: 12_300.1 },
    { rtpTimestamp: 1_494, arrivedMs: 12_317.4 },
  ],
  probes: [{ id: 65_535, arrivedMs: 12_310.2 }],
};

test('comes back as it was, arrivals to a tenth of a millisecond', () => {
  const bytes = encodeArrivalReport(report);
  expect(isArrivalReport(bytes)).toBe(true);
  const decoded = decodeArrivalReport(bytes);
  expect({ ...decoded, frames: [], probes: [] }).toEqual({ ...report, frames: [], probes: [] });
  expect(decoded?.probes).toEqual([{ id: 65_535, arrivedMs: expect.closeTo(12_310.2, 1) }]);
  expect(decoded?.frames.map(({ rtpTimestamp }) => rtpTimestamp)).toEqual([4_294_967_290, 1_494]);
  decoded?.frames.forEach(({ arrivedMs }, index) =>
    expect(arrivedMs).toBeCloseTo(report.frames[index]?.arrivedMs ?? 0, 1),
  );
});

test('is bounded: the newest frames, none that are too old', () => {
  const many = Array.from({ length: 60 }, (_, index) => ({ rtpTimestamp: index, arrivedMs: 12_000 + index }));
  const decoded = decodeArrivalReport(encodeArrivalReport({ ...report, frames: many }));
  expect(decoded?.frames).toHaveLength(MAX_REPORTED);
  expect(decoded?.frames.at(-1)?.rtpTimestamp).toBe(59);
  const old = [{ rtpTimestamp: 1, arrivedMs: 100 }];
  expect(decodeArrivalReport(encodeArrivalReport({ ...report, frames: old }))?.frames).toEqual([]);
});

test('what makes no sense is malformed', () => {
  const bytes = encodeArrivalReport(report);
  const nan = bytes.slice();
  nan.fill(255, 3, 11);
  for (const bad of [new Uint8Array(0), bytes.subarray(0, 20), bytes.subarray(0, bytes.length - 1), nan]) {
    expect(decodeArrivalReport(bad)).toBeUndefined();
  }
});
