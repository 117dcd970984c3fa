import { TitleId } from '@kilat/shared/ids';
import { expect, test } from 'vitest';
import { hopelessWishes, nextToWarm, WarmWishes } from './warm-wishes.ts';

const [doom, boom] = [TitleId.parse('freedoom'), TitleId.parse('mrboom')];
const wishes = [
  { titleId: doom, count: 2 },
  { titleId: boom, count: 1 },
];

test.each([
  ['', []],
  ['freedoom', [{ titleId: doom, count: 1 }]],
  [' freedoom:2, mrboom ', wishes],
  ['freedoom,freedoom', [{ titleId: doom, count: 2 }]],
])('"%s" is read', (text, expected) => {
  expect(WarmWishes.parse(text)).toEqual(expected);
});

test.each(['freedoom:0', 'freedoom:two', 'freedoom:1:2', 'free doom', 'freedoom:65'])(
  '"%s" is refused by name',
  (text) => {
    expect(WarmWishes.safeParse(text).error?.issues[0]?.message).toContain(`"${text}"`);
  },
);

test('titles are filled evenly, the first named before the others', () => {
  expect(nextToWarm(wishes, [], new Set())).toBe(doom);
  expect(nextToWarm(wishes, [doom], new Set())).toBe(boom);
  expect(nextToWarm(wishes, [doom, boom], new Set())).toBe(doom);
  expect(nextToWarm(wishes, [doom, doom, boom], new Set())).toBeUndefined();
});

test('a title that just failed waits its turn', () => {
  expect(nextToWarm(wishes, [], new Set([doom]))).toBe(boom);
});

test('a wish for a title that the edge does not run is said', () => {
  const [sentence, ...more] = hopelessWishes(wishes, (titleId) => titleId === doom);
  expect(sentence).toContain('mrboom');
  expect(more).toEqual([]);
});
