import { EdgeId } from '@kilat/shared/ids';
import type { SessionState } from '@kilat/shared/session/life';
import { expect, it } from 'vitest';
import { sortOwnSessions } from './own-sessions.ts';

const edgeId = EdgeId.parse(`e_${'a'.repeat(40)}`);
const session = (state: SessionState, ending = false) => ({ state, ending });

it('replaces what nobody plays and keeps what somebody does', () => {
  const requested = session({ is: 'requested' });
  const starting = session({ is: 'starting', edgeId, stage: 'title' });
  const held = session({ is: 'held', edgeId, untilMs: 1 });
  const playing = session({ is: 'playing', edgeId });
  const away = session({ is: 'orphaned', edgeId, was: { is: 'playing', edgeId } });
  const awayHeld = session({ is: 'orphaned', edgeId, was: { is: 'held', edgeId, untilMs: 1 } });
  const left = session({ is: 'playing', edgeId }, true);
  const over = session({ is: 'ended', reason: 'left', meteredSeconds: 1 });
  expect(sortOwnSessions([requested, starting, held, playing, away, awayHeld, left, over])).toEqual({
    replaced: [requested, starting, held, awayHeld],
    kept: [playing, away],
  });
});
