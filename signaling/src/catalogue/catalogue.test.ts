import { EdgeId } from '@kilat/shared/ids';
import { Catalogue } from '@kilat/shared/title/catalogue';
import { bundledTitles, loadTitles } from '@kilat/titles/load';
import { expect, it } from 'vitest';
import { catalogueOf } from './catalogue.ts';

const { titles } = await loadTitles([bundledTitles]);
const id = titles[0]?.id;
if (id === undefined) throw new Error('no title is bundled');
const edge = (name: string, installed: boolean, free: number, change: { warm?: boolean; draining?: boolean } = {}) => ({
  edgeId: EdgeId.parse(`e_${name.repeat(40)}`),
  announcement: { titles: [{ titleId: id, installed, missing: [] }], pricePerSlotMinuteMicroUsd: 1 },
  heartbeat: { freeSlots: free, warm: change.warm === true ? [id] : [], draining: change.draining ?? false },
});
const availability = (...edges: ReturnType<typeof edge>[]) => catalogueOf(titles, edges).titles[0]?.availability;

it('shows every title on the wire’s terms, without what only edges need', () => {
  const shown = Catalogue.parse(catalogueOf(titles, []));
  expect(shown.titles.map((title) => title.id)).toEqual(titles.map((title) => title.id));
  expect(Object.keys(catalogueOf(titles, []).titles[0] ?? {})).not.toContain('command');
});

it('adds up what edges have free', () => {
  expect(availability()).toEqual({ state: 'no-edge' });
  expect(availability(edge('a', false, 3))).toMatchObject({ state: 'installable' });
  expect(availability(edge('a', true, 1), edge('b', true, 2, { warm: true }), edge('c', false, 9))).toEqual({
    state: 'ready',
    freeSlots: 3,
    warm: true,
  });
  const drained = edge('a', true, 5, { draining: true, warm: true });
  expect(availability(drained)).toEqual({ state: 'draining' });
  expect(availability(drained, edge('b', true, 0))).toEqual({ state: 'ready', freeSlots: 0, warm: false });
});
