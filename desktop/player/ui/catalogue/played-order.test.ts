import type { Availability } from '@kilat/shared/title/catalogue';
import { expect, it } from 'vitest';
import { lastPlayedFirst, matching } from './played-order.ts';

const availability: Availability = { state: 'ready', freeSlots: 1, warm: false };
const titles = [
  { id: 'freedoom', name: 'Freedoom', summary: 'A fast first-person shooter.', availability },
  { id: 'mrboom', name: 'Mr. Boom', summary: 'Bombs in a maze, for up to eight.', availability },
  { id: 'neverball', name: 'Neverball', summary: 'Tilt the floor, roll the ball.', availability },
  { id: 'supertux', name: 'SuperTux', summary: 'A penguin runs and jumps.', availability },
];
const ids = (list: { id: string }[]) => list.map(({ id }) => id);

it('puts the last played first and keeps the order of the rest', () => {
  expect(ids(lastPlayedFirst(titles, {}))).toEqual(['freedoom', 'mrboom', 'neverball', 'supertux']);
  expect(ids(lastPlayedFirst(titles, { neverball: 20, supertux: 30, gone: 99 }))).toEqual([
    'supertux',
    'neverball',
    'freedoom',
    'mrboom',
  ]);
});

it('puts what has to be installed behind what can be played, unless it was played before', () => {
  const installable: Availability = { state: 'installable', install: ['mrboom'], downloadMb: 2 };
  const some = titles
    .map((title) => (title.id === 'freedoom' ? title : { ...title, availability: installable }))
    .reverse();
  expect(ids(lastPlayedFirst(some, {}))).toEqual(['freedoom', 'supertux', 'neverball', 'mrboom']);
  expect(ids(lastPlayedFirst(some, { mrboom: 5 }))).toEqual(['mrboom', 'freedoom', 'supertux', 'neverball']);
});

it('finds by any words of name and summary', () => {
  expect(ids(matching(titles, 'BALL floor'))).toEqual(['neverball']);
  expect(ids(matching(titles, 'a'))).toHaveLength(4);
  expect(ids(matching(titles, '  '))).toHaveLength(4);
  expect(ids(matching(titles, 'chess'))).toEqual([]);
});
