import type { InputEvent } from '@kilat/shared/input/events';
import { expect, test } from 'vitest';
import { type TouchEvent, TouchPointer } from './touch-pointer.ts';

const start = (finger: number, x: number, y: number): TouchEvent => ({ type: 'touch-start', finger, x, y });
const move = (finger: number, x: number, y: number): TouchEvent => ({ type: 'touch-move', finger, x, y });
const end = (finger: number): TouchEvent => ({ type: 'touch-end', finger });
const down: InputEvent = { type: 'button-down', button: 0 };
const up: InputEvent = { type: 'button-up', button: 0 };
const at = (x: number, y: number): InputEvent => ({ type: 'pointer', x, y });

function meaning(touch: TouchPointer, ...events: TouchEvent[]): InputEvent[] {
  return events.flatMap((event) => touch.take(event, 0));
}

test('one finger is the pointer with its left button held', () => {
  const touch = new TouchPointer('absolute');
  expect(meaning(touch, start(7, 10, 20), move(7, 30, 40), end(7))).toEqual([at(10, 20), down, at(30, 40), up]);
});

test('a second finger lets go and turns the wheel; what is left of the gesture does nothing', () => {
  const touch = new TouchPointer('absolute');
  meaning(touch, start(0, 1_000, 30_000));
  expect(meaning(touch, start(1, 2_000, 30_000))).toEqual([up]);
  const step = 65_536 / 20;
  expect(meaning(touch, move(0, 1_000, 30_000 - step), move(1, 2_000, 30_000 - step))).toEqual([
    { type: 'wheel', dx: expect.closeTo(0), dy: 60 },
    { type: 'wheel', dx: expect.closeTo(0), dy: 60 },
  ]);
  expect(meaning(touch, end(0), move(1, 9, 9), end(1))).toEqual([]);
  expect(meaning(touch, start(2, 5, 5))).toEqual([at(5, 5), down]);
});

test('where the mouse turns the view, a finger moves it by pixels and a tap is a click', () => {
  const touch = new TouchPointer({ width: 1280, height: 720 });
  expect(meaning(touch, start(0, 30_000, 30_000), move(0, 30_512, 30_000))).toEqual([
    { type: 'motion', dx: 10, dy: 0 },
  ]);
  expect(meaning(touch, move(0, 40_000, 30_000), end(0)).some(({ type }) => type === 'button-down')).toBe(false);
  expect(meaning(touch, start(0, 100, 100), end(0))).toEqual([down, up]);
  touch.take(start(0, 100, 100), 1_000);
  expect(touch.take(end(0), 1_400)).toEqual([]);
});

test('fingers that never came, and after a clear those that were there, mean nothing', () => {
  const touch = new TouchPointer('absolute');
  expect(meaning(touch, move(3, 1, 1), end(3))).toEqual([]);
  meaning(touch, start(0, 1, 1));
  touch.clear();
  expect(meaning(touch, move(0, 2, 2), end(0))).toEqual([]);
});
