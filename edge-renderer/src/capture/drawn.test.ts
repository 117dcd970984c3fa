import { expect, test } from 'vitest';
import { isDrawn } from './drawn.ts';

test('one colour is an empty screen, a patch of another is a picture', () => {
  const screen = Buffer.alloc(640 * 360 * 4, 0x30);
  expect(isDrawn(screen, 640, 360)).toBe(false);
  for (let y = 100; y < 110; y++) screen.fill(0xff, (y * 640 + 300) * 4, (y * 640 + 310) * 4);
  expect(isDrawn(screen, 640, 360)).toBe(true);
});

test('the unused byte of a pixel does not count', () => {
  const screen = Buffer.alloc(64 * 64 * 4);
  for (let at = 3; at < screen.length; at += 8) screen[at] = 255;
  expect(isDrawn(screen, 64, 64)).toBe(false);
});
