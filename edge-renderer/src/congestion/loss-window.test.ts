import { expect, test } from 'vitest';
import { LossWindow } from './loss-window.ts';

test('counts the losses of the last two seconds, from counters that are repeated', () => {
  const loss = new LossWindow();
  expect(loss.percent).toBe(0);
  for (let second = 0; second <= 10; second++) {
    const counters = { packetsReceived: 900 * second, packetsLost: second < 5 ? 0 : 100 * (second - 5) };
    loss.add(counters, second * 1_000);
    loss.add(counters, second * 1_000 + 25);
    if (second === 5) expect(loss.percent).toBe(0);
  }
  expect(loss.percent).toBeCloseTo(10, 5);
});
