import type { LaunchReply, SessionOffer } from '@kilat/shared/launch/messages';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ResumeLoop } from './resume-loop.ts';
import { RESUME_SHOWS_WITHIN_MS } from '../launch/resume-policy.ts';

const RESUME_BUDGET_MS = 60_000;
const offer = { ok: true } as SessionOffer;
const refused = (reason: 'edge-gone' | 'session-ended' | 'protocol-version'): LaunchReply => ({ ok: false, reason });

/** A loop whose Indexer gives these replies in turn, the last one again and again. */
function loopWith(...replies: (LaunchReply | undefined)[]) {
  const happened: string[] = [];
  const session = { over: false };
  const loop: ResumeLoop = new ResumeLoop(
    {
      over: () => session.over,
      budgetMs: () => RESUME_BUDGET_MS,
      attempting: (attempt) => happened.push(`attempt ${attempt}`),
      ask: async () => (replies.length > 1 ? replies.shift() : replies[0]),
      connect: () => happened.push('connect'),
      gone: () => {
        happened.push('gone');
        session.over = true;
      },
      refused: ({ reason }) => {
        happened.push(`refused ${reason}`);
        session.over = true;
      },
      gaveUp: (heard) => {
        happened.push(heard ? 'gave up, heard' : 'gave up, unheard');
        session.over = true;
      },
    },
    () => 0.5,
  );
  return { loop, happened, session };
}

describe('ResumeLoop', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('tries again until a picture is shown', async () => {
    const { loop, happened } = loopWith(undefined, refused('edge-gone'), offer);
    loop.broken();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(happened).toEqual(['attempt 1', 'attempt 2', 'attempt 3', 'connect']);
    loop.shown();
    await vi.advanceTimersByTimeAsync(RESUME_BUDGET_MS);
    expect(happened).toHaveLength(4);
  });

  test('a page that is too old for the Indexer by now is told at once', async () => {
    const { loop, happened } = loopWith(undefined, refused('protocol-version'));
    loop.broken();
    await vi.advanceTimersByTimeAsync(RESUME_BUDGET_MS);
    expect(happened).toEqual(['attempt 1', 'attempt 2', 'refused protocol-version']);
  });

  test('a connection that breaks again or shows nothing is followed by the next attempt', async () => {
    const { loop, happened } = loopWith(offer);
    loop.broken();
    await vi.advanceTimersByTimeAsync(10);
    loop.broken();
    await vi.advanceTimersByTimeAsync(300);
    expect(happened).toEqual(['attempt 1', 'connect', 'attempt 2', 'connect']);
    await vi.advanceTimersByTimeAsync(RESUME_SHOWS_WITHIN_MS + 600);
    expect(happened.slice(4)).toEqual(['attempt 3', 'connect']);
  });

  test('after coming back, the next break begins with a first attempt', async () => {
    const { loop, happened } = loopWith(offer);
    for (let round = 0; round < 2; round++) {
      loop.broken();
      await vi.advanceTimersByTimeAsync(10);
      loop.shown();
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(happened).toEqual(['attempt 1', 'connect', 'attempt 1', 'connect']);
  });

  test('an ended session is not asked for again', async () => {
    const { loop, happened } = loopWith(refused('session-ended'));
    loop.broken();
    await vi.advanceTimersByTimeAsync(RESUME_BUDGET_MS);
    expect(happened).toEqual(['attempt 1', 'gone']);
  });

  test('gives up when its budget is spent', async () => {
    const { loop, happened } = loopWith(undefined);
    loop.broken();
    await vi.advanceTimersByTimeAsync(RESUME_BUDGET_MS - 5_000);
    expect(happened.at(-1)).toMatch('attempt');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(happened.filter((event) => event.startsWith('gave up'))).toEqual(['gave up, unheard']);
    expect(happened.length).toBeLessThan(25);
  });

  test('tells a machine that stayed away from a network that did', async () => {
    const { loop, happened } = loopWith(undefined, refused('edge-gone'));
    loop.broken();
    await vi.advanceTimersByTimeAsync(RESUME_BUDGET_MS + 5_000);
    expect(happened.at(-1)).toBe('gave up, heard');
  });

  test('does nothing more once the player has left', async () => {
    const { loop, happened, session } = loopWith(undefined, offer);
    loop.broken();
    await vi.advanceTimersByTimeAsync(10);
    session.over = true;
    await vi.advanceTimersByTimeAsync(RESUME_BUDGET_MS);
    expect(happened).toEqual(['attempt 1', 'attempt 2']);
  });
});
