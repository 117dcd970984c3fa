import { expect, test } from 'vitest';
import { gamepadWords } from './gamepad-words.ts';

test('each gamepad is named with what becomes of it', () => {
  const pads = { playing: ['Left', 'Right'], unknown: [] };
  expect(gamepadWords({ ...pads, blocked: undefined }).map(({ name, says }) => `${name}: ${says}`)).toEqual([
    'Left: Gamepad 1 of the game',
    'Right: Gamepad 2 of the game',
  ]);
  expect(gamepadWords({ ...pads, blocked: 'title' }).every(({ problem }) => problem)).toBe(true);
  expect(gamepadWords({ playing: [], unknown: ['Old'], blocked: undefined })).toMatchObject([
    { name: 'Old', problem: true },
  ]);
});
