import { PAD_AT_REST, PAD_BUTTONS } from '@kilat/shared/input/gamepad';
import { describe, expect, test } from 'vitest';
import { padName } from './gamepad-input.ts';
import { GamepadPlaces } from './gamepad-places.ts';
import { readPad } from './gamepad-reading.ts';

const pad = (pressed: number[] = [], axes = [0, 0, 0, 0], values: Record<number, number> = {}) => ({
  buttons: Array.from({ length: 17 }, (_, place) => ({
    pressed: pressed.includes(place),
    value: values[place] ?? (pressed.includes(place) ? 1 : 0),
  })),
  axes,
});

describe('readPad', () => {
  test('each button of the standard mapping is its own bit, and triggers are analog', () => {
    const places = [0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15, 16];
    expect(places.map((place) => readPad(pad([place])).buttons)).toEqual(PAD_BUTTONS.map((_, bit) => 1 << bit));
    expect(readPad(pad([6, 7], [0, 0, 0, 0], { 6: 0.5 }))).toEqual({
      ...PAD_AT_REST,
      leftTrigger: 128,
      rightTrigger: 255,
    });
  });

  test('sticks reach both ends, and rest in their middle', () => {
    expect(readPad(pad([], [-1, 1, 0.5, 0.01]))).toMatchObject({
      leftX: -32_768,
      leftY: 32_767,
      rightX: 16_384,
      rightY: 0,
    });
  });

  test('a trembling stick keeps its place, a slow one does not', () => {
    let state = readPad(pad([], [0.5, 0, 0, 0]));
    for (const tremble of [0.501, 0.4995, 0.5005]) expect(readPad(pad([], [tremble, 0, 0, 0]), state)).toEqual(state);
    for (let step = 1; step <= 10; step++) state = readPad(pad([], [0.5 + step * 0.001, 0, 0, 0]), state);
    expect(state.leftX).toBeGreaterThan(16_500);
  });

  test('what is missing or no number is at rest', () => {
    expect(readPad({ buttons: [], axes: [Number.NaN, 7] })).toEqual({ ...PAD_AT_REST, leftY: 32_767 });
  });
});

describe('GamepadPlaces', () => {
  const gamepad = (index: number, mapping = 'standard') => ({ index, id: '', mapping });

  test('a pad keeps its number while others come and go', () => {
    const places = new GamepadPlaces();
    expect(places.update([gamepad(0, ''), gamepad(2), gamepad(5)])).toEqual([]);
    expect([2, 5, 0].map((index) => places.padOf(index))).toEqual([0, 1, undefined]);
    expect(places.update([gamepad(5)])).toEqual([0]);
    places.update([gamepad(5), gamepad(7)]);
    expect([5, 7].map((index) => places.padOf(index))).toEqual([1, 0]);
  });

  test('a fifth pad waits until one goes', () => {
    const places = new GamepadPlaces();
    const five = [0, 1, 2, 3, 4].map((index) => gamepad(index));
    places.update(five);
    expect(places.padOf(4)).toBeUndefined();
    expect(places.update(five.slice(1))).toEqual([0]);
    expect(places.padOf(4)).toBe(0);
  });
});

test.each([
  ['Xbox 360 Controller (STANDARD GAMEPAD Vendor: 045e Product: 028e)', 'Xbox 360 Controller'],
  ['045e-028e-Microsoft X-Box 360 pad', 'Microsoft X-Box 360 pad'],
  ['DragonRise (Vendor: 0079 Product: 0006)', 'DragonRise'],
  ['', 'Gamepad'],
])('%s is called %s', (id, name) => {
  expect(padName(id)).toBe(name);
});
