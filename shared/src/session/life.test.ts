import { expect, test } from 'vitest';
import { EdgeId } from '../ids.ts';
import { nextSessionState, type SessionEvent, type SessionState } from './life.ts';

const edgeId = EdgeId.parse(`e_${'0'.repeat(40)}`);
const fold = (...events: SessionEvent[]): SessionState =>
  events.reduce(nextSessionState, { is: 'requested' } as SessionState);
const reserved: SessionEvent = { type: 'reserved', edgeId, warmth: 'cold' };
const held: SessionEvent = { type: 'held', untilMs: 60, cause: 'player-silent' };

test('a session is asked for, starts, plays, is held, plays again and ends', () => {
  expect(fold({ type: 'requested' }).is).toBe('requested');
  expect(fold(reserved, { type: 'stage', stage: 'drawn', sinceReserveMs: 5 })).toEqual({
    is: 'starting',
    edgeId,
    stage: 'drawn',
  });
  expect(fold(reserved, { type: 'playing' })).toEqual({ is: 'playing', edgeId });
  expect(fold(reserved, { type: 'playing' }, held)).toEqual({ is: 'held', edgeId, untilMs: 60 });
  expect(fold(reserved, held, { type: 'playing' }).is).toBe('playing');
  expect(fold(reserved, { type: 'ended', reason: 'left', meteredSeconds: 4 })).toEqual({
    is: 'ended',
    reason: 'left',
    meteredSeconds: 4,
  });
});

test('an edge that falls silent and comes back finds the session as it was', () => {
  for (const before of [[reserved], [reserved, { type: 'playing' }], [reserved, held]] as SessionEvent[][]) {
    expect(fold(...before, { type: 'edge-silent' }, { type: 'edge-silent' }, { type: 'edge-back' })).toEqual(
      fold(...before),
    );
  }
});

test('nothing follows the end, and repeated events change nothing', () => {
  const ended = fold(reserved, { type: 'ended', reason: 'idle', meteredSeconds: 1 });
  expect(nextSessionState(ended, { type: 'playing' })).toBe(ended);
  expect(fold(reserved, { type: 'playing' }, { type: 'playing' })).toEqual(fold(reserved, { type: 'playing' }));
});
