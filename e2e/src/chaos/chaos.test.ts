import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { type Kilat, startKilat } from '../kilat.ts';
import { runChaos } from './chaos.ts';
import { chaosTable, failures } from './table.ts';
import { VICTIMS } from './victims.ts';

// A small sample of `npm run bench -- chaos`: each part once, in an order and at moments that the seed decides.

const SEED = 20_261;
/** How quickly it goes is for the bench. */
const PATIENCE_MS = 30_000;
let kilat: Kilat;
let browser: Browser;

beforeAll(async () => {
  [kilat, browser] = await Promise.all([
    startKilat({ slots: 1, warm: [], env: { KILAT_HOLD_SECONDS: '20' } }),
    launchBrowser(),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await kilat?.close();
});

test('whatever is killed, the session goes on or ends with a reason, and leaves nothing', {
  timeout: 400_000,
}, async () => {
  const records = await runChaos(kilat, browser, { seed: SEED, times: 1, patienceMs: PATIENCE_MS });
  expect(records.map(({ victim }) => victim).sort()).toEqual([...VICTIMS].sort());
  expect(failures(records, PATIENCE_MS), chaosTable(records)).toEqual([]);
  const outcomes = Object.fromEntries(records.map(({ victim, outcome }) => [victim, outcome]));
  expect(outcomes).toMatchObject({ game: 'ended', 'X server': 'ended', 'session process': 'ended', agent: 'ended' });
  for (const { outcome, words } of records) if (outcome === 'ended') expect(words).not.toBe('');
});
