import { expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

it('allows a burst, then its rate, and never saves up more than a burst', () => {
  const bucket = new TokenBucket({ capacity: 2, perSecond: 1 }, 0);
  expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([true, true, false]);
  expect([bucket.take(900), bucket.take(1_000), bucket.take(1_000)]).toEqual([false, true, false]);
  expect([bucket.take(99_000), bucket.take(99_000), bucket.take(99_000)]).toEqual([true, true, false]);
});

it('says how long to wait', () => {
  const bucket = new TokenBucket({ capacity: 1, perSecond: 0.5 }, 0);
  expect([bucket.waitMs(0), bucket.isFull(0)]).toEqual([0, true]);
  bucket.take(0);
  expect([bucket.waitMs(500), bucket.isFull(500)]).toEqual([1_500, false]);
  expect([bucket.waitMs(2_000), bucket.isFull(2_000)]).toEqual([0, true]);
});
