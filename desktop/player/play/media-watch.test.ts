import { describe, expect, test } from 'vitest';
import { type MediaSigns, MediaWatch } from './media-watch.ts';

const connected: MediaSigns = { transport: 'connected', lastPongMs: 0, lastFrameMs: 0 };

/** Looks every 250 ms from 0 on; the first moment at which the connection counts as broken. */
function brokenAt(signsAt: (nowMs: number) => MediaSigns, untilMs = 30_000): number | undefined {
  const watch = new MediaWatch(0);
  for (let nowMs = 0; nowMs <= untilMs; nowMs += 250) if (watch.broken(nowMs, signsAt(nowMs))) return nowMs;
  return undefined;
}

describe('MediaWatch', () => {
  test('a transport that failed is broken at once', () => {
    expect(
      brokenAt((nowMs) => ({ ...connected, transport: nowMs < 1_000 ? 'connected' : 'failed', lastPongMs: nowMs })),
    ).toBe(1_000);
  });

  test('short disconnections heal, longer ones do not', () => {
    expect(
      brokenAt((nowMs) => ({
        ...connected,
        transport: nowMs % 3_000 < 1_500 ? 'disconnected' : 'connected',
        lastPongMs: nowMs,
      })),
    ).toBeUndefined();
    expect(
      brokenAt((nowMs) => ({
        ...connected,
        transport: nowMs < 1_000 ? 'connected' : 'disconnected',
        lastPongMs: nowMs,
      })),
    ).toBe(2_750);
  });

  test('a still screen with pongs is alive', () => {
    expect(brokenAt((nowMs) => ({ ...connected, lastPongMs: nowMs - 400 }))).toBeUndefined();
  });

  test('neither pong nor picture for two seconds is broken', () => {
    expect(brokenAt(() => ({ ...connected, lastPongMs: 3_000, lastFrameMs: 1_000 }))).toBe(5_250);
  });

  test('a picture without pongs is broken too, but later', () => {
    expect(brokenAt((nowMs) => ({ ...connected, lastFrameMs: nowMs, lastPongMs: 1_000 }))).toBe(6_250);
  });

  test('waits longer for a connection and for the first pong', () => {
    expect(brokenAt(() => ({ transport: 'connecting', lastPongMs: undefined, lastFrameMs: undefined }))).toBe(10_250);
    expect(brokenAt(() => ({ ...connected, lastPongMs: undefined, lastFrameMs: undefined }))).toBeUndefined();
  });

  test('a page that was stopped gets time to hear again', () => {
    const watch = new MediaWatch(0);
    expect(watch.broken(250, connected)).toBe(false);
    expect(watch.broken(20_000, connected)).toBe(false);
    expect(watch.broken(21_000, { ...connected, lastPongMs: 20_400 })).toBe(false);
    expect(watch.broken(22_300, connected)).toBe(true);
  });
});
