import { expect, test } from 'vitest';
import { HeldKeys } from './held-keys.ts';
import { WheelNotches } from './wheel-notches.ts';

test('fine wheel steps add up to notches and a turn the other way starts anew', () => {
  const wheel = new WheelNotches();
  expect([50, 50, 50, -10, -110, 300].map((units) => wheel.add(units) || 0)).toEqual([0, 0, 1, 0, -1, 2]);
});

test('held keys are let go once, the last pressed first', () => {
  const held = new HeldKeys();
  held.down(3, 38);
  held.down(3, 39);
  held.down(5, 1);
  held.up(3, 38);
  expect(held.releaseAll()).toEqual([
    { release: 5, code: 1 },
    { release: 3, code: 39 },
  ]);
  expect(held.releaseAll()).toEqual([]);
});
