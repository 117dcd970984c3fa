import { expect, it } from 'vitest';
import { RequestRates } from './request-rates.ts';

const rate = { player: { capacity: 2, perSecond: 1 }, address: { capacity: 3, perSecond: 1 } };

it('holds back a player everywhere, and made-up players at their address', () => {
  const rates = new RequestRates(rate);
  const ask = (playerId: string, address: string) => rates.take({ playerId, address }, 0) === 0;
  expect([ask('a', 'home'), ask('a', 'phone'), ask('a', 'café')]).toEqual([true, true, false]);
  expect([ask('b', 'home'), ask('c', 'home'), ask('d', 'home')]).toEqual([true, true, false]);
  expect(ask('e', 'elsewhere')).toBe(true);
});

it('says how long to wait', () => {
  const rates = new RequestRates(rate);
  const asker = { playerId: 'a', address: 'home' };
  expect([rates.take(asker, 0), rates.take(asker, 0), rates.take(asker, 400)]).toEqual([0, 0, 600]);
  expect(rates.take(asker, 1_000)).toBe(0);
});

it('forgets those who have not asked for a while', () => {
  const rates = new RequestRates(rate);
  for (let n = 0; n < 3_000; n++) rates.take({ playerId: `p${n}`, address: `a${n}` }, n * 10);
  expect(rates.size).toBeLessThan(2_500);
});
