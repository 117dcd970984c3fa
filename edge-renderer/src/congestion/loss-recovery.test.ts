import { expect, test } from 'vitest';
import { LossRecovery } from './loss-recovery.ts';

const RTT_MS = 40;
const ticks = (ms: number) => 90 * ms;
const sent = (sentMs: number, bytes = 1_000) => ({ rtpTimestamp: ticks(sentMs), sentMs, bytes, packets: 1 });
const shown = (sentMs: number, arrivedMs: number) => ({
  frames: [{ rtpTimestamp: ticks(sentMs), arrivedMs }],
  roundTripMs: RTT_MS,
});
const NOTHING = { frames: [], roundTripMs: RTT_MS };

/** Frames that were reported 60 ms after they were sent. */
const usual = () => {
  const recovery = new LossRecovery();
  for (let nowMs = 100; nowMs < 1_000; nowMs += 25) {
    recovery.frameSent(sent(nowMs - 60));
    recovery.reported(shown(nowMs - 60, nowMs), [], nowMs);
  }
  return recovery;
};

test('frames that a NACK may be about go out once more, a little after it', () => {
  const recovery = usual();
  for (const sentMs of [950, 967, 983, 1_000]) recovery.frameSent(sent(sentMs));
  recovery.nacked(1_010);
  expect(recovery.again(1_012)).toEqual([]);
  // Sent a round trip and more before the NACK: only these had been missed by then.
  expect(recovery.again(1_022)).toEqual([ticks(950), ticks(967)]);
  expect(recovery.again(1_030)).toEqual([]);
  expect(recovery.packetsAgain).toBe(2);
});

test('what was shown in the meantime is not sent again', () => {
  const recovery = usual();
  for (const sentMs of [950, 967]) recovery.frameSent(sent(sentMs));
  recovery.nacked(1_010);
  recovery.reported(shown(967, 1_000), [], 1_020);
  expect(recovery.again(1_022)).toEqual([]);
});

test('a frame that a probe has overtaken goes out again though no NACK came, at most twice', () => {
  const recovery = usual();
  recovery.frameSent(sent(950));
  recovery.reported(NOTHING, [990], 1_040);
  expect(recovery.again(1_040)).toEqual([]);
  expect(recovery.again(1_060)).toEqual([ticks(950)]);
  expect(recovery.again(1_100)).toEqual([]);
  recovery.reported(NOTHING, [1_120], 1_170);
  expect(recovery.again(1_170)).toEqual([ticks(950)]);
  recovery.reported(NOTHING, [1_300], 1_350);
  expect(recovery.again(1_350)).toEqual([]);
});

test('where nothing overtakes it, it waits in a queue, which would only become longer', () => {
  const recovery = usual();
  recovery.frameSent(sent(950));
  expect(recovery.again(1_200)).toEqual([]);
});

test('of all that is sent only a part goes out twice', () => {
  const recovery = usual();
  let again = 0;
  for (let nowMs = 1_000; nowMs < 21_000; nowMs += 16) {
    recovery.frameSent(sent(nowMs, 8_000));
    recovery.nacked(nowMs);
    again += recovery.again(nowMs + 12).length;
  }
  expect(again).toBeGreaterThan(100);
  expect(again * 8_000).toBeLessThan(0.2 * 1_250 * 8_000);
});

test('a frame that stays away long after a NACK wants a key frame, once in a while', () => {
  const recovery = usual();
  recovery.frameSent(sent(950));
  recovery.nacked(1_000);
  expect(recovery.isStalled(1_050)).toBe(false);
  expect(recovery.isStalled(1_140)).toBe(true);
  expect(recovery.isStalled(1_160)).toBe(false);
});

test('without a NACK a late frame waits in a queue, where a key frame would only wait behind it', () => {
  const recovery = usual();
  recovery.frameSent(sent(950));
  expect(recovery.isStalled(1_400)).toBe(false);
});

test('nothing under way is no stall, nor is a player that never reported, nor a frame that was passed over', () => {
  const recovery = usual();
  recovery.nacked(1_000);
  expect(recovery.isStalled(1_200)).toBe(false);
  recovery.frameSent(sent(950));
  recovery.frameSent(sent(967));
  recovery.reported(shown(967, 1_020), [], 1_030);
  expect(recovery.isStalled(1_200)).toBe(false);
  const fresh = new LossRecovery();
  fresh.frameSent(sent(0));
  fresh.nacked(1_000);
  expect(fresh.isStalled(1_200)).toBe(false);
});

test('timestamps wrap', () => {
  const recovery = usual();
  recovery.nacked(1_000);
  recovery.frameSent({ ...sent(950), rtpTimestamp: 2 ** 32 - 500 });
  recovery.reported({ frames: [{ rtpTimestamp: 900, arrivedMs: 1_000 }], roundTripMs: RTT_MS }, [], 1_000);
  expect(recovery.isStalled(1_200)).toBe(false);
});
