import { type ArrivalReport, decodeArrivalReport } from '@kilat/shared/media/arrival-report';
import { expect, test } from 'vitest';
import { ArrivalReporter } from './arrival-reporter.ts';

const frame = (rtpTimestamp: number, receivedMs: number | undefined = performance.now()) => ({
  rtpTimestamp,
  receivedMs,
  decodeMs: 1,
  presentedMs: 0,
  shownMs: 0,
  expectedDisplayMs: 0,
});

function reporter() {
  const reports: ArrivalReport[] = [];
  let heard: (() => void) | undefined;
  const parts = {
    send(packet: Uint8Array<ArrayBuffer>) {
      reports.push(decodeArrivalReport(packet) as ArrivalReport);
      heard?.();
      return true;
    },
    roundTripMs: () => 41,
  };
  const next = () =>
    new Promise<void>((resolve) => {
      heard = resolve;
    });
  return { reporter: new ArrivalReporter(parts), reports, next };
}

test('the first frame is reported at once, what follows together a little later', async () => {
  const { reporter: arrivals, reports, next } = reporter();
  arrivals.frameShown(frame(1));
  expect(reports[0]).toMatchObject({ roundTripMs: 41, frames: [{ rtpTimestamp: 1 }] });
  const second = next();
  for (const rtpTimestamp of [2, 3, 4]) arrivals.frameShown(frame(rtpTimestamp));
  expect(reports).toHaveLength(1);
  await second;
  expect(reports[1]?.frames.map(({ rtpTimestamp }) => rtpTimestamp)).toEqual([1, 2, 3, 4]);
  expect((reports[1]?.sentMs ?? 0) - (reports[0]?.sentMs ?? 0)).toBeLessThan(50);
  arrivals.close();
});

test('a report holds the latest frames only, and none whose arrival is not known', async () => {
  const { reporter: arrivals, reports, next } = reporter();
  arrivals.frameShown(frame(1));
  const second = next();
  for (let rtpTimestamp = 2; rtpTimestamp < 60; rtpTimestamp++) arrivals.frameShown(frame(rtpTimestamp));
  arrivals.frameShown({ ...frame(60), receivedMs: undefined });
  await second;
  expect(reports[1]?.frames.map(({ rtpTimestamp }) => rtpTimestamp)).toEqual([50, 51, 52, 53, 54, 55, 56, 57, 58, 59]);
  arrivals.close();
});

test('probes are reported also where no frame is shown', async () => {
  const { reporter: arrivals, reports, next } = reporter();
  arrivals.probeArrived(7, performance.now());
  expect(reports[0]).toMatchObject({ frames: [], probes: [{ id: 7 }] });
  const second = next();
  arrivals.probeArrived(8, performance.now());
  await second;
  expect(reports[1]?.probes.map(({ id }) => id)).toEqual([7, 8]);
  arrivals.close();
});

test('a closed one says nothing', () => {
  const { reporter: arrivals, reports } = reporter();
  arrivals.close();
  arrivals.frameShown(frame(1));
  expect(reports).toEqual([]);
});
