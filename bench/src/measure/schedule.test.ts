import { LINUX_KEY_CODES } from '@kilat/shared/input/keys';
import { expect, test } from 'vitest';
import { GAP_MS, interleave, NONCE_KEYS, planPresses } from './schedule.ts';

test('every name gets its count, in blocks of about the same size, none larger than asked', () => {
  const blocks = interleave(['a', 'b'], 503, 25);
  for (const name of ['a', 'b']) {
    const counts = blocks.filter(({ of }) => of === name).map(({ count }) => count);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(503);
    expect(Math.max(...counts)).toBeLessThanOrEqual(25);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  }
});

test('the order turns round in every second round', () => {
  expect(interleave(['a', 'b'], 4, 1).map(({ of }) => of)).toEqual(['a', 'b', 'b', 'a', 'a', 'b', 'b', 'a']);
});

test('fewer than a block is one block', () => {
  expect(interleave(['a'], 3, 25)).toEqual([{ of: 'a', count: 3 }]);
});

test('presses keep to the gaps and use every key', () => {
  let seed = 1;
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const presses = planPresses(2_000, random);
  expect(new Set(presses.map(({ key }) => key))).toEqual(new Set(NONCE_KEYS));
  expect(Math.min(...presses.map(({ gapMs }) => gapMs))).toBeGreaterThanOrEqual(GAP_MS.least);
  expect(Math.max(...presses.map(({ gapMs }) => gapMs))).toBeLessThanOrEqual(GAP_MS.most);
});

test('every key of the nonce is one the wire knows', () => {
  for (const key of NONCE_KEYS) expect(LINUX_KEY_CODES).toHaveProperty(key);
});
