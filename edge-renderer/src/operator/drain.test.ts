import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Drain } from './drain.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kilat-drain-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('draining survives a restart and is told once', async () => {
  const told: boolean[] = [];
  const drain = await Drain.load(folder, (draining) => told.push(draining));
  expect(drain.sinceMs).toBeUndefined();
  await drain.begin();
  await drain.begin();
  const again = await Drain.load(folder, (draining) => told.push(draining));
  expect(again.sinceMs).toBe(drain.sinceMs);
  await again.end();
  await again.end();
  expect((await Drain.load(folder, () => {})).sinceMs).toBeUndefined();
  expect(told).toEqual([true, false]);
});
