import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TitleId } from '@kilat/shared/ids';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TitleCosts } from './title-costs.ts';

const [doom, boom] = [TitleId.parse('freedoom'), TitleId.parse('mrboom')];
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kilat-costs-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('costs rise quickly, fall slowly and survive a restart', async () => {
  const costs = await TitleCosts.load(folder);
  costs.learn(doom, { cores: 0.5, memoryMb: 200 });
  costs.learn(doom, { cores: 1, memoryMb: 200 });
  expect(costs.of(doom).cores).toBeCloseTo(0.65);
  costs.learn(doom, { cores: 0, memoryMb: 200 });
  expect(costs.of(doom).cores).toBeGreaterThan(0.6);
  await costs.save();
  expect((await TitleCosts.load(folder)).of(doom)).toEqual(costs.of(doom));
});

test('a title nobody played is taken for as costly as the costliest', async () => {
  const costs = await TitleCosts.load(folder);
  const guess = costs.of(boom);
  expect(guess.cores).toBeGreaterThan(0);
  costs.learn(doom, { cores: 1.5, memoryMb: 100 });
  expect(costs.of(boom)).toEqual({ cores: 1.5, memoryMb: guess.memoryMb });
});

test('a damaged file is begun anew', async () => {
  await writeFile(join(folder, 'title-costs.json'), '{"freedoom": {"cores":');
  const costs = await TitleCosts.load(folder);
  expect(costs.known).toEqual([]);
});
