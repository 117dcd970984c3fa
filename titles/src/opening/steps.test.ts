import { expect, it } from 'vitest';
import { parsePress } from './steps.ts';

it('reads a delay and a key', () => {
  expect(parsePress('900:Enter')).toEqual({ afterMs: 900, key: 'Enter' });
});

it.each(['Enter', '900:', '900:Return', ':Enter', '-1:Enter', '1e9:Enter', '900:Enter:'])('refuses %s', (text) => {
  expect(() => parsePress(text)).toThrow(/is not <milliseconds>:<key code>/);
});
