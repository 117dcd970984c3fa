import type { KeyCode } from '@kilat/shared/input/keys';

/** Random numbers in [0, 1); `Math.random` in a run, a fixed series in tests. */
export type Random = () => number;

/** Keys pressed at random: the nonce. Letters that no product uses for itself. */
export const NONCE_KEYS: readonly KeyCode[] = [
  'KeyA',
  'KeyB',
  'KeyD',
  'KeyE',
  'KeyG',
  'KeyH',
  'KeyI',
  'KeyJ',
  'KeyK',
  'KeyL',
  'KeyN',
  'KeyO',
  'KeyP',
  'KeyR',
  'KeyS',
  'KeyT',
];

/** Pause between presses: no product and no clock may fall into step with it. */
export const GAP_MS = { least: 120, most: 260 } as const;

export interface PlannedPress {
  /** After the press before, or after the block's beginning. */
  gapMs: number;
  key: KeyCode;
}

export function planPresses(count: number, random: Random): PlannedPress[] {
  return Array.from({ length: count }, () => ({
    gapMs: GAP_MS.least + random() * (GAP_MS.most - GAP_MS.least),
    key: NONCE_KEYS[Math.floor(random() * NONCE_KEYS.length)] as KeyCode,
  }));
}

export interface PlannedBlock<Name> {
  of: Name;
  /** Measurements that count. */
  count: number;
}

/**
 * Spreads `count` measurements of each name over blocks of at most `perBlock`, taken in turn, the order reversed in
 * every second round: A B B A A B …, so that a machine that grows slower or faster favours neither.
 */
export function interleave<Name>(names: readonly Name[], count: number, perBlock: number): PlannedBlock<Name>[] {
  const rounds = Math.ceil(count / perBlock);
  return Array.from({ length: rounds }, (_, round) => {
    const share = Math.floor(((round + 1) * count) / rounds) - Math.floor((round * count) / rounds);
    const order = round % 2 === 0 ? names : [...names].reverse();
    return order.map((of) => ({ of, count: share }));
  }).flat();
}
