import { EdgeId, SessionId } from '@kilat/shared/ids';
import { expect, test } from 'vitest';
import type { Warmth } from '@kilat/shared/session/life';
import { type LaunchStage, LaunchTimes } from './launch-times.ts';

const session = SessionId.parse('s_0123456789abcdefghjk');
const edgeId = EdgeId.parse(`e_${'3f'.repeat(20)}`);

function open() {
  const stages: [LaunchStage, Warmth][] = [];
  const settled: boolean[] = [];
  const launches: LaunchTimes = new LaunchTimes(
    (stage, warmth, sinceRequestMs) => {
      expect(sinceRequestMs).toBeGreaterThanOrEqual(0);
      stages.push([stage, warmth]);
    },
    () => settled.push(launches.isOneUnderWay),
  );
  return { launches, stages, settled };
}

test('a launch is under way from its request to its first frame, and each stage is told with its warmth', () => {
  const { launches, stages, settled } = open();
  expect(launches.isOneUnderWay).toBe(false);
  launches.requested(session);
  expect(launches.isOneUnderWay).toBe(true);
  launches.happened(session, { type: 'reserved', edgeId, warmth: 'title' });
  launches.happened(session, { type: 'stage', stage: 'drawn', sinceReserveMs: 0 });
  launches.happened(session, { type: 'playing' });
  launches.happened(session, { type: 'stage', stage: 'streaming', sinceReserveMs: 12 });
  expect(stages).toEqual([
    ['reserved', 'title'],
    ['drawn', 'title'],
    ['playing', 'title'],
    ['first-frame', 'title'],
  ]);
  expect(settled).toEqual([false]);
});

test('a refused launch and one that ended early are over', () => {
  const { launches, settled } = open();
  launches.requested(session);
  launches.settle(session);
  launches.requested(session);
  launches.happened(session, { type: 'ended', reason: 'start-failed', meteredSeconds: 0 });
  expect(settled).toEqual([false, false]);
  launches.happened(session, { type: 'playing' });
  expect(launches.isOneUnderWay).toBe(false);
});
