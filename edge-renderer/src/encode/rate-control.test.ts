import { expect, test } from 'vitest';
import { BitrateSteps } from './rate-control.ts';

test('an encoder is opened anew for less by a fifth at once, for more by a quarter after two seconds', () => {
  const steps = new BitrateSteps(8_000, 0);
  expect([steps.isWorth(7_000, 1), steps.isWorth(6_400, 1)]).toEqual([false, true]);
  steps.opened(6_400, 1);
  expect([steps.isWorth(8_000, 1_000), steps.isWorth(7_900, 9_000), steps.isWorth(8_000, 2_001)]).toEqual([
    false,
    false,
    true,
  ]);
});

test('a bitrate that trembles around its mean opens nothing', () => {
  const steps = new BitrateSteps(8_000, 0);
  const opened = Array.from({ length: 600 }, (_, frame) => steps.isWorth(8_000 + 1_500 * Math.sin(frame), frame * 17));
  expect(opened.filter(Boolean)).toEqual([]);
});
