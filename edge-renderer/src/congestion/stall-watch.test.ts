import { expect, test } from 'vitest';
import { StallWatch } from './stall-watch.ts';

const ticks = (ms: number) => 90 * ms;
const usual = () => {
  const watch = new StallWatch();
  for (let nowMs = 100; nowMs < 1_000; nowMs += 25) {
    watch.frameSent({ rtpTimestamp: ticks(nowMs - 60), sentMs: nowMs - 60 });
    watch.reported([{ rtpTimestamp: ticks(nowMs - 60), arrivedMs: nowMs }], nowMs);
  }
  return watch;
};
const late = { rtpTimestamp: ticks(950), sentMs: 950 };

test('a frame that stays away long after a NACK wants a key frame, once in a while', () => {
  const watch = usual();
  watch.frameSent(late);
  watch.nacked(1_000);
  expect(watch.isStalled(1_050)).toBe(false);
  expect(watch.isStalled(1_140)).toBe(true);
  expect(watch.isStalled(1_160)).toBe(false);
});

test('without a NACK a late frame waits in a queue, where a key frame would only wait behind it', () => {
  const watch = usual();
  watch.frameSent(late);
  expect(watch.isStalled(1_400)).toBe(false);
});

test('nothing under way is no stall, nor is a player that never reported, nor a frame that was passed over', () => {
  const watch = usual();
  watch.nacked(1_000);
  expect(watch.isStalled(1_200)).toBe(false);
  watch.frameSent(late);
  watch.frameSent({ rtpTimestamp: ticks(967), sentMs: 967 });
  watch.reported([{ rtpTimestamp: ticks(967), arrivedMs: 1_020 }], 1_030);
  expect(watch.isStalled(1_200)).toBe(false);
  const fresh = new StallWatch();
  fresh.frameSent({ rtpTimestamp: 0, sentMs: 0 });
  fresh.nacked(1_000);
  expect(fresh.isStalled(1_200)).toBe(false);
});

test('timestamps wrap', () => {
  const watch = usual();
  watch.nacked(1_000);
  watch.frameSent({ rtpTimestamp: 2 ** 32 - 500, sentMs: 950 });
  watch.reported([{ rtpTimestamp: 900, arrivedMs: 1_000 }], 1_000);
  expect(watch.isStalled(1_200)).toBe(false);
});
