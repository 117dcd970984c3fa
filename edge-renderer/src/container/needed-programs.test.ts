import { expect, test } from 'vitest';
import { checkNeededPrograms } from './needed-programs.ts';

test('what is missing is named, with the packages to install', () => {
  expect(() => checkNeededPrograms('/nowhere')).toThrow(/Xvfb and pulseaudio.*apt-get install xvfb pulseaudio/);
});

test('this machine has all of them', () => {
  expect(() => checkNeededPrograms(process.env.PATH ?? '')).not.toThrow();
});
