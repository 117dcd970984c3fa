import { newSessionId } from '@kilat/shared/ids';
import type { LaunchReply, RefusalReason } from '@kilat/shared/launch/messages';
import type { MediaRequest } from '@kilat/shared/media/parameters';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { IndexerSocket } from './indexer-socket.ts';
import { SessionMemory } from './session-memory.ts';
import { askForSession } from './session-request.ts';

const media = {} as MediaRequest;
const offer = { ok: true, sessionId: newSessionId() } as LaunchReply;
const refused = (reason: RefusalReason): LaunchReply => ({ ok: false, reason });

/** A tab that holds a session of Freedoom, and an Indexer that gives these answers to its resumes, the last one again and again. */
function tab(...answers: (LaunchReply | undefined)[]) {
  const made = newTab([offer], answers);
  made.memory.remember('freedoom', { sessionId: newSessionId(), resumeToken: 'token', nextWindow: 3 });
  return made;
}

/** A tab that holds none, and an Indexer that gives these answers to its launches and resumes. */
function newTab(launches: LaunchReply[], resumes: (LaunchReply | undefined)[] = []) {
  const items = new Map<string, string>();
  const memory = new SessionMemory({
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  });
  const page = { over: false, calls: [] as string[], returning: [] as boolean[] };
  const indexer = {
    call: async (name: string) => {
      page.calls.push(name);
      const answers = name === 'launch' ? launches : resumes;
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer === undefined) throw new Error('no reply');
      return answer;
    },
  } as Pick<IndexerSocket, 'call'>;
  const ask = () =>
    askForSession(indexer, memory, 'freedoom', media, {
      over: () => page.over,
      returning: (yes) => page.returning.push(yes),
    });
  return { page, memory, ask };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
  for (const [name, value] of Object.entries({ innerWidth: 1280, innerHeight: 720, devicePixelRatio: 1 }))
    vi.stubGlobal(name, value);
  vi.stubGlobal('navigator', { maxTouchPoints: 0 });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('askForSession, in a tab that holds none', () => {
  const heldBack: LaunchReply = { ...refused('too-many'), retryAfterMs: 1_500 } as LaunchReply;

  test('a launch that is held back takes its turn when it is told to', async () => {
    const { page, ask } = newTab([heldBack, heldBack, offer]);
    const answer = ask();
    await vi.advanceTimersByTimeAsync(2_900);
    expect(page.calls).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(200);
    expect(await answer).toEqual({ ok: true, offer, resumed: false, firstWindow: 0 });
    expect(page.calls).toHaveLength(3);
  });

  test('one whose turn does not come is refused at last', async () => {
    const { page, ask } = newTab([heldBack]);
    const answer = ask();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await answer).toEqual({ ok: false, why: heldBack });
    expect(page.calls).toHaveLength(11);
  });

  test('a player who leaves meanwhile is not given a seat', async () => {
    const { page, ask } = newTab([heldBack, offer]);
    const answer = ask();
    page.over = true;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await answer).toBeUndefined();
    expect(page.calls).toHaveLength(1);
  });

  test('any other refusal is told at once', async () => {
    const { ask } = newTab([refused('all-full')]);
    expect(await ask()).toEqual({ ok: false, why: refused('all-full') });
  });
});

describe('askForSession, in a tab that holds a session', () => {
  test('an Indexer that does not know its edges yet is asked again, and the session is not forgotten', async () => {
    const { page, memory, ask } = tab(refused('edge-gone'), refused('no-edge'), undefined, offer);
    const answer = ask();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await answer).toEqual({ ok: true, offer, resumed: true, firstWindow: 3 });
    expect(page.calls).toEqual(['resume', 'resume', 'resume', 'resume']);
    expect(page.returning).toEqual([true]);
    expect(memory.recall('freedoom')).toBeDefined();
  });

  test('a session that has ended makes room for a new one at once', async () => {
    const { page, memory, ask } = tab(refused('session-ended'));
    const answer = ask();
    await vi.advanceTimersByTimeAsync(0);
    expect(await answer).toEqual({ ok: true, offer, resumed: false, firstWindow: 0 });
    expect(page.calls).toEqual(['resume', 'launch']);
    expect(page.returning).toEqual([true, false]);
    expect(memory.recall('freedoom')).toBeUndefined();
  });

  test('once its hold must be over, a new one is asked for', async () => {
    const { page, ask } = tab(refused('edge-gone'));
    const answer = ask();
    await vi.advanceTimersByTimeAsync(55_000);
    expect(page.calls).not.toContain('launch');
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await answer).toMatchObject({ ok: true, resumed: false });
  });

  test('an updated Indexer is no reason to forget the session', async () => {
    const { memory, ask } = tab(refused('protocol-version'));
    const answer = ask();
    await vi.advanceTimersByTimeAsync(0);
    expect(await answer).toEqual({ ok: false, why: refused('protocol-version') });
    expect(memory.recall('freedoom')).toBeDefined();
  });

  test('a player who leaves meanwhile gets no session', async () => {
    const { page, ask } = tab(refused('edge-gone'));
    const answer = ask();
    await vi.advanceTimersByTimeAsync(100);
    page.over = true;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await answer).toBeUndefined();
    expect(page.calls).not.toContain('launch');
  });
});
