import { expect, test } from 'vitest';
import { AdmissionDoor, sufferingOf, type WatchedSession } from './suffering.ts';

const well: WatchedSession = {
  name: 'Freedoom',
  framesPerSecondAsked: 60,
  figures: {
    framesPerSecond: 50,
    encodeMs: { p50: 5, p95: 8 },
    frameMs: { p50: 9, p95: 15 },
    inputMs: undefined,
    lateShare: 0.02,
    droppedShare: 0.05,
  },
  framesPerSecondBefore: undefined,
};
const withFigures = (figures: Partial<WatchedSession['figures']>) =>
  sufferingOf({ ...well, figures: { ...well.figures, ...figures } });

test('a session that runs well does not suffer', () => {
  expect(sufferingOf(well)).toBeUndefined();
});

test.each([
  [{ encodeMs: { p50: 9, p95: 16 } }, 'encoded too slowly: 16.0 ms of 16.7 ms'],
  [{ lateShare: 0.3 }, '30 % of the frames of Freedoom come late'],
  [{ droppedShare: 0.25 }, '25 % of the frames of Freedoom are passed over'],
])('%o is suffering', (figures, why) => {
  expect(withFigures(figures)).toContain(why);
});

test('a rate that fell when another came in is suffering, a still screen is not', () => {
  expect(sufferingOf({ ...well, framesPerSecondBefore: 60 })).toBeUndefined();
  expect(sufferingOf({ ...well, framesPerSecondBefore: 70 })).toContain('fell from 70 to 50');
  expect(withFigures({ framesPerSecond: 2, lateShare: 0.5 })).toBeUndefined();
});

test('the door closes on the second bad look and opens on the fifth good one', () => {
  const door = new AdmissionDoor();
  const closedAfter = (...looks: (string | undefined)[]) =>
    looks.map((why) => {
      door.look(why);
      return door.closedBecause;
    });
  expect(closedAfter('late', undefined, 'late', 'slow')).toEqual([undefined, undefined, undefined, 'slow']);
  expect(closedAfter(undefined, undefined, undefined, undefined)).toEqual(['slow', 'slow', 'slow', 'slow']);
  expect(closedAfter(undefined)).toEqual([undefined]);
});
