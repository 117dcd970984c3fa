import type { CatalogueTitle } from '@kilat/shared/title/catalogue';
import { RefusalReason } from '@kilat/shared/launch/messages';
import { expect, test } from 'vitest';
import type { PlayState } from '../../play/model.ts';
import { mayTryAgain } from './next-seat.ts';

const free: CatalogueTitle['availability'] = { state: 'ready', freeSlots: 1, warm: false };
const refused = (reason: RefusalReason): PlayState => ({ is: 'refused', why: { ok: false, reason } });

test('only who waits for a machine or a seat is served by one that comes', () => {
  expect(RefusalReason.options.filter((reason) => mayTryAgain(refused(reason), free))).toEqual([
    'no-edge',
    'all-full',
    'draining',
  ]);
  expect(
    mayTryAgain({ is: 'starting', stage: 'asking', startedAtMs: 0, title: undefined, returning: false }, free),
  ).toBe(false);
});

test('and only once there is one', () => {
  expect(mayTryAgain(refused('all-full'), undefined)).toBe(false);
  expect(mayTryAgain(refused('all-full'), { ...free, freeSlots: 0 })).toBe(false);
  expect(mayTryAgain(refused('no-edge'), { state: 'no-edge' })).toBe(false);
});
