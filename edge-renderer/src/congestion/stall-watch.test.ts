import { expect, test } from 'vitest';
import { StallWatch } from './stall-watch.ts';

const RTT_MS = 40;
const ticks = (ms: number) => 90 * ms;
const shown = (sentMs: number, arrivedMs: number) => ({
  frames: [{ rtpTimestamp: ticks(sentMs), arrivedMs }],
  roundTripMs: RTT_MS,
});
const NOTHING = { frames: [], roundTripMs: RTT_MS };
const sent = (sentMs: number) => ({ rtpTimestamp: ticks(sentMs), sentMs });
/** Frames that were reported 60 ms after they were sent. */
const usual = () => {
  const watch = new StallWatch();
  for (let nowMs = 100; nowMs < 1_000; nowMs += 25) {
    watch.frameSent({ rtpTimestamp: ticks(nowMs - 60), sentMs: nowMs - 60 });
    watch.reported(shown(nowMs - 60, nowMs), [], nowMs);
  }
  return watch;
};

test('a frame that stays away for longer than a packet sent again wants a key frame, once in a while', () => {
  const watch = usual();
  watch.frameSent(sent(950));
  watch.frameSent(sent(967));
  watch.nacked(1_000);
  watch.reported(NOTHING, [1_000], 1_050);
  expect(watch.isStalled(1_075)).toBe(false);
  expect(watch.isStalled(1_085)).toBe(true);
  expect(watch.isStalled(1_100)).toBe(false);
});

test('at 20 frames a second a missing packet is noticed later, and waited for as much longer', () => {
  const watch = usual();
  watch.frameSent(sent(950));
  watch.frameSent(sent(1_000));
  watch.nacked(1_040);
  watch.reported(NOTHING, [1_040], 1_090);
  expect(watch.isStalled(1_110)).toBe(false);
  expect(watch.isStalled(1_120)).toBe(true);
});

test('where nothing that was sent later came either, it waits in a queue, where a key frame would only wait behind it', () => {
  const watch = usual();
  watch.frameSent(sent(950));
  watch.frameSent(sent(967));
  watch.nacked(1_000);
  watch.reported(NOTHING, [970], 1_150);
  expect(watch.isStalled(1_400)).toBe(false);
});

test('without a NACK nothing is missing: the page shows nothing', () => {
  const watch = usual();
  watch.frameSent(sent(950));
  watch.frameSent(sent(967));
  watch.reported(NOTHING, [1_200], 1_250);
  expect(watch.isStalled(1_400)).toBe(false);
});

test('nothing under way is no stall, nor is a player that never reported, nor a frame that was passed over', () => {
  const watch = usual();
  watch.nacked(1_000);
  watch.reported(NOTHING, [1_100], 1_150);
  expect(watch.isStalled(1_200)).toBe(false);
  watch.frameSent(sent(950));
  watch.frameSent(sent(967));
  watch.reported(shown(967, 1_020), [], 1_030);
  expect(watch.isStalled(1_200)).toBe(false);
  const fresh = new StallWatch();
  fresh.frameSent(sent(0));
  fresh.frameSent(sent(17));
  fresh.nacked(1_000);
  fresh.reported(NOTHING, [1_000], 1_050);
  expect(fresh.isStalled(1_200)).toBe(false);
});

test('timestamps wrap', () => {
  const watch = usual();
  watch.nacked(1_000);
  watch.frameSent({ rtpTimestamp: 2 ** 32 - 500, sentMs: 950 });
  watch.frameSent({ rtpTimestamp: 900, sentMs: 965 });
  watch.reported({ frames: [{ rtpTimestamp: 900, arrivedMs: 1_000 }], roundTripMs: RTT_MS }, [1_100], 1_000);
  expect(watch.isStalled(1_200)).toBe(false);
});
