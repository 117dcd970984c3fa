import { newSessionId } from '@kilat/shared/ids';
import type { playerNotices, SessionOffer } from '@kilat/shared/launch/messages';
import type { SessionEvent } from '@kilat/shared/session/life';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { SessionNotices } from './session-notices.ts';

type Notice = z.infer<(typeof playerNotices)['session']>;

/** The socket's part that notices use, with what the Indexer would send in the test's hands. */
function socket(watchReplies: unknown[]) {
  let tell: (notice: Notice) => void = () => undefined;
  let connection: (connected: boolean) => void = () => undefined;
  const calls: string[] = [];
  const fake = {
    call: async (name: string) => {
      calls.push(name);
      return watchReplies.length > 1 ? watchReplies.shift() : watchReplies[0];
    },
    onNotice: (_name: string, heard: (notice: Notice) => void) => {
      tell = heard;
      return () => undefined;
    },
    onConnection: (heard: (connected: boolean) => void) => {
      connection = heard;
      return () => undefined;
    },
  };
  return {
    indexer: fake as unknown as ConstructorParameters<typeof SessionNotices>[0],
    tell: (notice: Notice) => tell(notice),
    connect: () => connection(true),
    calls,
  };
}

const sessionId = newSessionId();
const offer = { ok: true, sessionId, resumeToken: 'token' } as SessionOffer;
const stage = (atMs: number, name: 'display' | 'sound'): Notice => ({
  sessionId,
  atMs,
  event: { type: 'stage', stage: name, sinceReserveMs: 1 },
});

describe('SessionNotices', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('keeps what overtakes the offer, and hears only of its own session', () => {
    const { indexer, tell } = socket([{ ok: true }]);
    const heard: SessionEvent[] = [];
    const notices = new SessionNotices(indexer, (event) => heard.push(event));
    tell(stage(1, 'display'));
    tell({ ...stage(2, 'sound'), sessionId: newSessionId() });
    expect(heard).toEqual([]);
    notices.follow(offer, false);
    tell({ ...stage(3, 'sound'), sessionId: newSessionId() });
    tell(stage(4, 'sound'));
    expect(heard.map((event) => event.type === 'stage' && event.stage)).toEqual(['display', 'sound']);
  });

  test('a history told again is heard once', () => {
    const { indexer, tell } = socket([{ ok: true }]);
    const heard: SessionEvent[] = [];
    const notices = new SessionNotices(indexer, (event) => heard.push(event));
    notices.follow(offer, false);
    for (let round = 0; round < 2; round++) {
      tell({ sessionId, atMs: 5, event: { type: 'held', untilMs: 60_005, cause: 'media-lost' } });
      tell({ sessionId, atMs: 9, event: { type: 'playing' } });
    }
    tell({ sessionId, atMs: 99, event: { type: 'held', untilMs: 60_099, cause: 'media-lost' } });
    expect(heard.map(({ type }) => type)).toEqual(['held', 'playing', 'held']);
  });

  test('tells what remains until a time of the Indexer’s clock', () => {
    const { indexer, tell } = socket([{ ok: true }]);
    const remaining: number[] = [];
    const notices = new SessionNotices(indexer, (event, remainingMs) => {
      if (event.type === 'held') remaining.push(remainingMs(event.untilMs));
    });
    notices.follow(offer, false);
    tell({ sessionId, atMs: 1_000, event: { type: 'held', untilMs: 61_000, cause: 'player-silent' } });
    expect(remaining).toEqual([60_000]);
  });

  test('asks again after the socket came back, until the Indexer knows the session', async () => {
    const { indexer, connect, calls } = socket([{ ok: false, reason: 'session-ended' }, undefined, { ok: true }]);
    const notices = new SessionNotices(indexer, () => undefined);
    connect();
    expect(calls).toEqual([]);
    notices.follow(offer, false);
    connect();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls).toEqual(['watch', 'watch', 'watch']);
  });
});
