import { expect, test } from 'vitest';
import { PlayMeter } from './play-meter.ts';

test('holds do not count, and a stop or a start too many changes nothing', () => {
  const meter = new PlayMeter();
  meter.stop(500);
  meter.start(1_000);
  meter.start(2_000);
  meter.stop(6_000);
  meter.stop(9_000);
  meter.start(60_000);
  meter.stop(62_400);
  expect(meter.seconds).toBe(7);
});

test('a session that nobody played was played for no time', () => {
  expect(new PlayMeter().seconds).toBe(0);
});
