import { expect, test } from 'vitest';
import { StallWatch } from './stall-watch.ts';

const usual = () => {
  const watch = new StallWatch();
  for (let nowMs = 0; nowMs < 1_000; nowMs += 25) watch.reported(nowMs - 60, nowMs);
  return watch;
};

test('a frame that stays away long after a NACK wants a key frame, once in a while', () => {
  const watch = usual();
  watch.nacked(1_000);
  expect(watch.isStalled({ bytes: 1, oldestSentMs: 950 }, 1_050)).toBe(false);
  expect(watch.isStalled({ bytes: 1, oldestSentMs: 950 }, 1_140)).toBe(true);
  expect(watch.isStalled({ bytes: 1, oldestSentMs: 950 }, 1_160)).toBe(false);
});

test('without a NACK a late frame waits in a queue, where a key frame would only wait behind it', () => {
  expect(usual().isStalled({ bytes: 1, oldestSentMs: 950 }, 1_400)).toBe(false);
});

test('nothing under way is no stall, nor is a player that never reported', () => {
  const watch = usual();
  watch.nacked(1_000);
  expect(watch.isStalled({ bytes: 0, oldestSentMs: undefined }, 1_200)).toBe(false);
  const fresh = new StallWatch();
  fresh.nacked(1_000);
  expect(fresh.isStalled({ bytes: 1, oldestSentMs: 0 }, 1_200)).toBe(false);
});
