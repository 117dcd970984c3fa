import { expect, test } from 'vitest';
import { aBlock, aResult, aUsage } from './a-result.ts';
import { figures, isReached, lostPerThousand } from './figures.ts';

const named = (name: string, result = aResult()) => figures(result).find((figure) => figure.name === name);

test('input to photon: both products, ratio of medians, goal reached', () => {
  expect(named('input → photon, still')).toMatchObject({
    kilat: { n: 4, p50: 15.5 },
    novnc: { p50: 31 },
    ratio: 2,
    reached: true,
  });
});

test('a goal is missed when either quantile misses it', () => {
  const distribution = { n: 10, p50: 15, p95: 22, p99: 23, max: 24 };
  expect(isReached(distribution, { p50: 16, p95: 21 })).toBe(false);
  expect(isReached(distribution, { p50: 16 })).toBe(true);
  expect(isReached(0.5, { value: 0.5 })).toBe(true);
  expect(isReached(0.51, { value: 0.5 })).toBe(false);
});

test('the stages add up to what they are stages of', () => {
  expect(named('sum of the stages')).toMatchObject({ kilat: { p50: 9 }, part: true });
});

test("Kilat's processor time is summed over its parts and weighed by time", () => {
  const blocks = [
    aBlock('kilat', 'moving', [20], { usage: aUsage({ agent: 0.1, session: 0.3 }, 30) }),
    aBlock('kilat', 'moving', [20], { usage: aUsage({ agent: 0.1, session: 0.7 }, 10) }),
  ];
  expect(named('server CPU, moving', aResult({ blocks }))?.kilat).toBeCloseTo(0.5);
  expect(named('of it session', aResult({ blocks, silences: [] }))?.kilat).toBeCloseTo(0.4);
});

test('jitter buffer and bytes come from totals over all blocks', () => {
  expect(named('jitter buffer per frame, moving')).toMatchObject({ kilat: 1, reached: true });
  expect(named('received by the page, moving')?.kilat).toBeCloseTo(8);
});

test('an answer never shown and a stale last picture count; they are not in the latency', () => {
  const blocks = [
    aBlock('kilat', 'still', [14, null, 16, 15]),
    aBlock('kilat', 'still', [14, 15, 16, 15], { finalAgrees: false }),
  ];
  expect(lostPerThousand(blocks)).toBe(250);
  expect(named('frames lost or stale', aResult({ blocks }))).toMatchObject({ kilat: 250, reached: false });
  expect(named('input → photon, still', aResult({ blocks }))).toMatchObject({ kilat: { n: 7 } });
});

test('launches by slot, each with its goal', () => {
  expect(named('click → title drawn, warm slot')).toMatchObject({ kilat: { p95: 320 }, reached: true });
  expect(named('click → title drawn, cold slot')).toMatchObject({ kilat: { p95: 3_400 }, reached: false });
});

test('what was not measured is not in the table', () => {
  expect(figures(aResult({ blocks: [], silences: [], launches: [], clicks: [] }))).toEqual([]);
});
