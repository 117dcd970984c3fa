import { expect, test } from 'vitest';
import { launchOrigin } from './click-clock.ts';

test('a launch begins with the click, or with the navigation where there was none', () => {
  expect(launchOrigin(350, undefined, true)).toBe(0);
  expect(launchOrigin(5_350, 5_300, false)).toBe(5_300);
});

test('an old click is not the cause, nor is the navigation of a launch that the page makes by itself', () => {
  expect(launchOrigin(60_000, 5_300, false)).toBe(60_000);
  expect(launchOrigin(60_000, undefined, false)).toBe(60_000);
});
