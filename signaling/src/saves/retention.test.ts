import { SaveVersionId } from '@kilat/shared/save/save';
import { expect, it } from 'vitest';
import { type AgedVersion, KEPT_ASIDE, KEPT_GAMES, KEPT_STEPS, outlived } from './retention.ts';

const version = (n: number, sessionId: string | null, setAside = false): AgedVersion => ({
  versionId: SaveVersionId.parse(`v_${String(n).padStart(20, '0')}`),
  sessionId,
  setAside,
});
const numbers = (ids: SaveVersionId[]) => ids.map((id) => Number(id.slice(2)));

it('keeps the last steps of the newest game and the last one of each game before it', () => {
  const newest = [9, 8, 7, 6, 5].map((n) => version(n, 'now'));
  const before = [4, 3].map((n) => version(n, 'before'));
  expect(numbers(outlived([...newest, ...before]))).toEqual([6, 5, 3]);
  expect(newest.length - 2).toBe(KEPT_STEPS);
});

it('keeps so many games, one brought back counting as a game, and so many set aside besides', () => {
  const games = Array.from({ length: KEPT_GAMES + 2 }, (_, age) => version(100 - age, age % 2 ? `s${age}` : null));
  const aside = Array.from({ length: KEPT_ASIDE + 1 }, (_, age) => version(50 - age, 'aside', true));
  expect(numbers(outlived([...games, ...aside]))).toEqual([100 - KEPT_GAMES, 99 - KEPT_GAMES, 50 - KEPT_ASIDE]);
});
