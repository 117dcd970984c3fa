import { EdgeId, newPlayerId, newSessionId, TitleId } from '@kilat/shared/ids';
import { describe, expect, it } from 'vitest';
import { LiveSession } from './live-session.ts';

const facts = () => ({
  sessionId: newSessionId(),
  playerId: newPlayerId(),
  titleId: TitleId.parse('freedoom'),
  requestedAtMs: 0,
});
const edgeId = EdgeId.parse(`e_${'a'.repeat(40)}`);
const numbers = (...given: number[]) => given.map((n) => ({ n }));

describe('a live session', () => {
  it('takes what continues the edge’s numbering', () => {
    const session = new LiveSession(facts());
    expect(session.continuation(numbers(2, 1, 1, 4))).toEqual(numbers(1, 2));
    session.edgeUpTo = 2;
    expect(session.continuation(numbers(1, 2, 3))).toEqual(numbers(3));
    expect(session.continuation(numbers(5))).toEqual([]);
  });

  it('waits for no gap once its edge has come back', () => {
    const session = new LiveSession(facts());
    session.mayJump = true;
    expect(session.continuation(numbers(7, 8, 10))).toEqual(numbers(7, 8));
  });

  it('is restored from its events: state, edge and both numberings', () => {
    const session = LiveSession.restored(facts(), [
      { source: 'indexer', n: 1, atMs: 0, event: { type: 'requested' } },
      { source: 'edge', n: 1, atMs: 1, event: { type: 'reserved', edgeId, warmth: 'cold' } },
      { source: 'edge', n: 2, atMs: 2_000, event: { type: 'playing' } },
      { source: 'indexer', n: 2, atMs: 5_000, event: { type: 'edge-silent' } },
    ]);
    expect(session.state).toEqual({ is: 'orphaned', edgeId, was: { is: 'playing', edgeId } });
    expect(session).toMatchObject({ edgeId, edgeUpTo: 2 });
    expect(session.ownEvent({ type: 'edge-back' }).n).toBe(3);
    // Time without its edge is not charged.
    expect(session.playedSeconds(60_000)).toBe(3);
  });

  it('does its work one piece after another, also after a failure', async () => {
    const session = new LiveSession(facts());
    const order: number[] = [];
    const slow = session.inTurn(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      order.push(1);
      throw new Error('no room');
    });
    const fast = session.inTurn(async () => void order.push(2));
    await expect(slow).rejects.toThrow('no room');
    await fast;
    expect(order).toEqual([1, 2]);
  });
});
