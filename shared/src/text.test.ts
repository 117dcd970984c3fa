import { expect, test } from 'vitest';
import { SessionEvent } from './session/life.ts';
import { storableText } from './text.ts';

test('what a database refuses is taken out, everything else stays', () => {
  expect(storableText('bad\0 end')).toBe('bad end');
  expect(storableText('🎮'.slice(0, 1))).toBe('\ufffd');
  expect(storableText('ünï 🎮\n\t"')).toBe('ünï 🎮\n\t"');
});

test('a game’s last words are cleaned where they come in', () => {
  const detail = `status 3: bad\0${'🎮'.slice(1)}`;
  const event = { type: 'ended', reason: 'title-crashed', meteredSeconds: 1, detail };
  expect(SessionEvent.parse(event)).toEqual({ ...event, detail: 'status 3: bad\ufffd' });
  expect(SessionEvent.safeParse({ ...event, detail: 'x'.repeat(501) }).success).toBe(false);
});
