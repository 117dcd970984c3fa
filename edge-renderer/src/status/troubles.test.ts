import { expect, test } from 'vitest';
import { Troubles, troubleOf } from './troubles.ts';

const ended = (reason: 'left' | 'encoder-lost', detail?: string) =>
  ({ type: 'ended', reason, detail, meteredSeconds: 60 }) as const;

test('what failed in a session is said in words, with what it said itself', () => {
  expect(troubleOf({ type: 'encoder-changed', from: 'nvenc', to: 'x264', why: 'no device' }, 'Freedoom')).toBe(
    'The encoder nvenc failed in a session of Freedoom, which goes on with x264. It said: no device',
  );
  expect(troubleOf(ended('encoder-lost'), 'Freedoom')).toBe(
    'The last encoder of a session of Freedoom failed, and the session ended.',
  );
  expect(troubleOf(ended('left'), 'Freedoom')).toBeUndefined();
});

test('the newest come first, and what comes again is told once', () => {
  const troubles = new Troubles();
  for (const text of ['one', 'two', 'one']) troubles.note(text);
  expect(troubles.list.map(({ text }) => text)).toEqual(['one', 'two']);
});
