import { expect, test } from 'vitest';
import { levelOf } from './h264-level.ts';

test.each([
  [640, 360, 30, 30],
  [1280, 720, 30, 31],
  [1280, 720, 60, 32],
  [1920, 1080, 30, 40],
  [1920, 1080, 60, 42],
  [3840, 2160, 60, 52],
])('level of %i×%i at %i fps is %i', (width, height, fps, level) => expect(levelOf(width, height, fps)).toBe(level));
