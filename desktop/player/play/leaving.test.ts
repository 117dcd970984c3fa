import { newSessionId } from '@kilat/shared/ids';
import type { RefusalReason } from '@kilat/shared/launch/messages';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Leaving } from './leaving.ts';

const owned = { sessionId: newSessionId(), resumeToken: 'token' };

/** What is said to an Indexer that answers so, in turn, and then agrees; undefined: it does not answer. */
function leavingWith(...answers: (RefusalReason | undefined)[]) {
  const said: string[] = [];
  const leaving = new Leaving({
    call: (async () => {
      said.push('call');
      if (answers.length === 0) return { ok: true };
      const reason = answers.shift();
      if (reason === undefined) throw new Error('no reply');
      return { ok: false, reason };
    }) as ConstructorParameters<typeof Leaving>[0]['call'],
    tell: () => void said.push('tell'),
  });
  return { leaving, said };
}

describe('Leaving', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('is said until it is heard', async () => {
    const { leaving, said } = leavingWith('too-many', undefined, 'indexer-trouble');
    leaving.leave(owned);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(said).toEqual(['call', 'call', 'call', 'call']);
  });

  test.each(['session-ended', 'not-yours', 'bad-request'] as const)('%s is the end of it', async (reason) => {
    const { leaving, said } = leavingWith(reason);
    leaving.leave(owned);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(said).toEqual(['call']);
  });

  test('is given up once the edge must have ended the session by itself', async () => {
    const { leaving, said } = leavingWith(...Array<undefined>(500));
    leaving.leave(owned);
    await vi.advanceTimersByTimeAsync(150_000);
    const { length } = said;
    expect(length).toBeLessThan(30);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(said).toHaveLength(length);
  });

  test('a page that goes away says once more what may not have been heard', async () => {
    const { leaving, said } = leavingWith('too-many');
    leaving.leave(owned);
    await vi.advanceTimersByTimeAsync(10);
    leaving.pageHides();
    await vi.advanceTimersByTimeAsync(10_000);
    leaving.pageHides();
    expect(said).toEqual(['call', 'tell', 'call']);
  });
});
