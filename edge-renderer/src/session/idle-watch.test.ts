import { expect, test } from 'vitest';
import { IdleWatch } from './idle-watch.ts';

test('warns once a minute before the end, is void after a touch, ends when nobody comes', () => {
  const idle = new IdleWatch(600_000, 0);
  expect(idle.check(539_000)).toBeUndefined();
  expect(idle.check(541_000)).toEqual({ endsInMs: 59_000 });
  expect(idle.check(542_000)).toBeUndefined();
  expect(idle.touched(543_000)).toBe(true);
  expect(idle.touched(544_000)).toBe(false);
  expect(idle.check(1_000_000)).toBeUndefined();
  expect(idle.check(1_144_000)).toBe('over');
});

test('a short timeout warns at its half', () => {
  const idle = new IdleWatch(10_000, 0);
  expect(idle.check(4_900)).toBeUndefined();
  expect(idle.check(5_100)).toEqual({ endsInMs: 4_900 });
});
