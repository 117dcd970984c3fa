import { expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

it('allows a burst, then its rate, and never saves up more than a burst', () => {
  const bucket = new TokenBucket(2, 1, 0);
  expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([true, true, false]);
  expect([bucket.take(900), bucket.take(1_000), bucket.take(1_000)]).toEqual([false, true, false]);
  expect([bucket.take(99_000), bucket.take(99_000), bucket.take(99_000)]).toEqual([true, true, false]);
});
