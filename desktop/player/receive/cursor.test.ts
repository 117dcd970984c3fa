import { expect, test } from 'vitest';
import { cursorPixels, hotSpot } from './cursor.ts';

const base64 = (bytes: number) => btoa('\u00ff'.repeat(bytes));
const image = { width: 2, height: 3, hotX: 1, hotY: 1, rgba: base64(24) };

test('reads exactly as many pixels as the image has', () => {
  expect(cursorPixels(image)).toEqual(new Uint8ClampedArray(24).fill(255));
  expect(cursorPixels({ ...image, rgba: base64(23) })).toBeUndefined();
  expect(cursorPixels({ ...image, rgba: '***' })).toBeUndefined();
});

test('does not try pointers the browser would not draw', () => {
  expect(cursorPixels({ ...image, width: 129, height: 1, rgba: base64(129 * 4) })).toBeUndefined();
});

test('keeps the hot spot inside', () => {
  expect(hotSpot({ ...image, hotX: -4, hotY: 9 })).toEqual({ x: 0, y: 2 });
});
