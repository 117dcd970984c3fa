import { newSessionId } from '@kilat/shared/ids';
import { expect, test } from 'vitest';
import { SessionMemory } from './session-memory.ts';

function storage(full = false) {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => {
      if (full) throw new DOMException('full', 'QuotaExceededError');
      items.set(key, value);
    },
    removeItem: (key: string) => void items.delete(key),
  };
}
const session = () => ({ sessionId: newSessionId(), resumeToken: 'token', nextWindow: 3 });

test('remembers one session per title', () => {
  const memory = new SessionMemory(storage());
  const [freedoom, mrboom] = [session(), session()];
  memory.remember('freedoom', freedoom);
  memory.remember('mrboom', mrboom);
  expect(memory.recall('freedoom')).toEqual(freedoom);
  expect(memory.recall('mrboom')).toEqual(mrboom);
  expect(memory.recall('neverball')).toBeUndefined();
});

test('forgets a session, but not the one that took its place', () => {
  const memory = new SessionMemory(storage());
  const [first, second] = [session(), session()];
  memory.remember('freedoom', second);
  memory.forget('freedoom', first.sessionId);
  expect(memory.recall('freedoom')).toEqual(second);
  memory.forget('freedoom', second.sessionId);
  expect(memory.recall('freedoom')).toBeUndefined();
});

test('takes what it cannot read for nothing, and survives full storage', () => {
  const store = storage(true);
  const memory = new SessionMemory(store);
  memory.remember('freedoom', session());
  expect(memory.recall('freedoom')).toBeUndefined();
  for (const text of ['{', '{}', '{"sessionId":"x","resumeToken":"t","nextWindow":0}']) {
    store.items.set('kilat.session.freedoom', text);
    expect(memory.recall('freedoom')).toBeUndefined();
  }
});

test('keeps what was seen of a session for as long as the session', () => {
  const memory = new SessionMemory(storage());
  const [first, second] = [session(), session()];
  memory.remember('freedoom', second);
  expect(memory.keepPlay(first.sessionId, 'one')).toBe(true);
  memory.keepPlay(second.sessionId, 'two');
  memory.forget('freedoom', first.sessionId);
  expect(memory.keptPlay(first.sessionId)).toBeUndefined();
  expect(memory.keptPlay(second.sessionId)).toBe('two');
  expect(new SessionMemory(storage(true)).keepPlay(first.sessionId, 'one')).toBe(false);
});
