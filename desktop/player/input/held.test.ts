import { LINUX_KEY_CODES } from '@kilat/shared/input/keys';
import { describe, expect, test } from 'vitest';
import { Held } from './held.ts';

const { KeyW, KeyC, ShiftLeft, MetaLeft } = LINUX_KEY_CODES;

describe('Held', () => {
  test('a key is pressed once however often it is reported, and released once', () => {
    const held = new Held();
    expect(held.keyDown(KeyW)).toEqual([{ type: 'key-down', key: KeyW }]);
    expect(held.keyDown(KeyW)).toEqual([]);
    expect(held.keyUp(KeyW)).toEqual([{ type: 'key-up', key: KeyW }]);
    expect(held.keyUp(KeyW)).toEqual([]);
  });

  test('buttons the wire does not know are ignored', () => {
    const held = new Held();
    expect(held.buttonDown(5)).toEqual([]);
    expect(held.buttonDown(2)).toEqual([{ type: 'button-down', button: 2 }]);
    expect(held.buttonUp(2)).toEqual([{ type: 'button-up', button: 2 }]);
  });

  test('letting everything go is said once, and only when something was held', () => {
    const held = new Held();
    expect(held.releaseAll()).toEqual([]);
    held.keyDown(KeyW);
    held.buttonDown(0);
    expect(held.releaseAll()).toEqual([{ type: 'release-all' }]);
    expect(held.releaseAll()).toEqual([]);
    expect(held.keyUp(KeyW)).toEqual([]);
  });

  test('releasing Command releases the keys whose release macOS swallows', () => {
    const held = new Held();
    for (const key of [MetaLeft, ShiftLeft, KeyC]) held.keyDown(key);
    expect(held.keyUp(MetaLeft)).toEqual([
      { type: 'key-up', key: MetaLeft },
      { type: 'key-up', key: KeyC },
    ]);
    expect(held.keyUp(ShiftLeft)).toEqual([{ type: 'key-up', key: ShiftLeft }]);
  });
});
