import { EdgeId, TitleId } from '@kilat/shared/ids';
import { describe, expect, it } from 'vitest';
import { match, type MatchableEdge } from './match.ts';

const title = TitleId.parse('freedoom');
const other = TitleId.parse('neverball');

function edge(
  name: string,
  change: {
    free?: number;
    warm?: TitleId[];
    price?: number;
    draining?: boolean;
    has?: TitleId;
    installed?: boolean;
  } = {},
): MatchableEdge {
  return {
    edgeId: EdgeId.parse(`e_${name.repeat(40)}`),
    announcement: {
      titles: [{ titleId: change.has ?? title, installed: change.installed ?? true, missing: [] }],
      pricePerSlotMinuteMicroUsd: change.price ?? 100,
    },
    heartbeat: { freeSlots: change.free ?? 1, warm: change.warm ?? [], draining: change.draining ?? false },
  };
}
const orderOf = (edges: MatchableEdge[]): string[] => {
  const found = match(title, edges);
  return found.is === 'candidates' ? found.edges.map(({ edgeId }) => edgeId.charAt(2)) : [found.is];
};

describe('match', () => {
  it('puts warm first, then most free, then cheapest', () => {
    const edges = [
      edge('a', { free: 9, price: 5 }),
      edge('b', { free: 1, warm: [title], price: 900 }),
      edge('c', { free: 9, price: 4 }),
      edge('d', { free: 3, warm: [other] }),
    ];
    expect(orderOf(edges)).toEqual(['b', 'c', 'a', 'd']);
    expect(orderOf(edges.toReversed())).toEqual(['b', 'c', 'a', 'd']);
  });

  it('counts a warm slot as room', () => expect(orderOf([edge('a', { free: 0, warm: [title] })])).toEqual(['a']));

  it('leaves out edges that drain or are full', () => {
    expect(orderOf([edge('a', { draining: true, free: 5 }), edge('b', { free: 0 }), edge('c')])).toEqual(['c']);
  });

  it('says what is missing when nobody can be asked', () => {
    expect(orderOf([])).toEqual(['no-edge']);
    expect(orderOf([edge('a', { has: other }), edge('b', { installed: false })])).toEqual(['not-installed']);
    expect(orderOf([edge('a', { free: 0 }), edge('b', { draining: true })])).toEqual(['all-full']);
    expect(orderOf([edge('a', { has: other }), edge('b', { draining: true, free: 2 })])).toEqual(['draining']);
  });
});
