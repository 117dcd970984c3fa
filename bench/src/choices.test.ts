import { expect, test } from 'vitest';
import { parseChoices, UsageError } from './choices.ts';

test('nothing asked is everything, at full length', () => {
  expect(parseChoices([])).toMatchObject({
    parts: ['input', 'launch', 'sound'],
    inputs: 500,
    launches: 60,
    yardstick: true,
  });
});

test('one part, shortened, with a count of its own', () => {
  expect(parseChoices(['input', '--quick', '--inputs', '80'])).toMatchObject({
    parts: ['input'],
    inputs: 80,
    launches: 6,
    silenceSeconds: 3,
  });
});

test.each([[['everything']], [['input', 'sound']], [['--inputs', '0']], [['--inputs', 'many']], [['--fast']]])(
  '%j is refused',
  (words) => {
    expect(() => parseChoices(words)).toThrow(UsageError);
  },
);
