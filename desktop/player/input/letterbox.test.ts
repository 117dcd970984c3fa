import { expect, test } from 'vitest';
import { pictureBox, placeOnDisplay } from './letterbox.ts';

const display = { width: 1280, height: 720 };

test('a wide element has bars left and right', () => {
  expect(pictureBox({ left: 10, top: 20, width: 2000, height: 720 }, display)).toEqual({
    left: 370,
    top: 20,
    width: 1280,
    height: 720,
  });
});

test('a tall element has bars above and below', () => {
  expect(pictureBox({ left: 0, top: 0, width: 640, height: 1000 }, display)).toEqual({
    left: 0,
    top: 320,
    width: 640,
    height: 360,
  });
});

test('maps the corners and the middle of the picture, not of the element', () => {
  const element = { left: 0, top: 0, width: 640, height: 1000 };
  expect(placeOnDisplay({ x: 0, y: 320 }, element, display)).toEqual({ x: 0, y: 0 });
  expect(placeOnDisplay({ x: 640, y: 680 }, element, display)).toEqual({ x: 65_535, y: 65_535 });
  expect(placeOnDisplay({ x: 320, y: 500 }, element, display)).toEqual({ x: 32_768, y: 32_768 });
});

test('points on the bars count as the nearest edge', () => {
  const element = { left: 0, top: 0, width: 640, height: 1000 };
  expect(placeOnDisplay({ x: 320, y: 5 }, element, display)).toEqual({ x: 32_768, y: 0 });
  expect(placeOnDisplay({ x: 900, y: 990 }, element, display)).toEqual({ x: 65_535, y: 65_535 });
});

test('an element without a size maps to the corner instead of to nothing', () => {
  expect(placeOnDisplay({ x: 5, y: 5 }, { left: 0, top: 0, width: 0, height: 0 }, display)).toEqual({ x: 0, y: 0 });
});
