import { expect, test } from 'vitest';
import { WheelNotches } from './wheel.ts';

test.each([
  [0, 100],
  [1, 3],
  [2, 1],
])('one notch is 120 in delta mode %i', (deltaMode, delta) => {
  expect(new WheelNotches().turn(-delta, delta, deltaMode)).toEqual({ dx: -120, dy: 120 });
});

test('gathers a touchpad’s small steps', () => {
  const wheel = new WheelNotches();
  const turned = Array.from({ length: 10 }, () => wheel.turn(0, 0.625, 0)).map((step) => step?.dy ?? 0);
  expect(turned.filter((dy) => dy > 0).length).toBeLessThan(10);
  expect(turned.reduce((sum, dy) => sum + dy, 0)).toBe(7);
});
