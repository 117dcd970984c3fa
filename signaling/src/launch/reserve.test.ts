import { expect, it } from 'vitest';
import { reasonForPlayer } from './reserve.ts';

it('tells the player first what a wait may mend', () => {
  expect(reasonForPlayer(['silent', 'not-installed', 'full'])).toBe('all-full');
  expect(reasonForPlayer(['draining', 'full'])).toBe('all-full');
  expect(reasonForPlayer(['draining', 'failed'])).toBe('draining');
  expect(reasonForPlayer(['silent', 'unknown-title'])).toBe('not-installed');
  expect(reasonForPlayer(['silent', 'failed', 'malformed'])).toBe('edge-gone');
});
