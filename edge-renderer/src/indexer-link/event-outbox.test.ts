import { newSessionId } from '@kilat/shared/ids';
import { expect, test } from 'vitest';
import { EventOutbox } from './event-outbox.ts';

test('events are numbered per session and repeated until acknowledged', () => {
  const outbox = new EventOutbox();
  const [a, b] = [newSessionId(), newSessionId()];
  outbox.add(a, { type: 'playing' }, 1);
  outbox.add(b, { type: 'playing' }, 2);
  outbox.add(a, { type: 'ended', reason: 'left', meteredSeconds: 3 }, 3);
  const numbers = () => outbox.pending().map(({ sessionId, events }) => [sessionId, events.map(({ n }) => n)]);
  expect(numbers()).toEqual([
    [a, [1, 2]],
    [b, [1]],
  ]);
  outbox.acknowledged(a, 1);
  expect(numbers()).toEqual([
    [a, [2]],
    [b, [1]],
  ]);
  outbox.acknowledged(a, 2);
  outbox.acknowledged(b, 1);
  expect(numbers()).toEqual([]);
});
