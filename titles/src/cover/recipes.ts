import type { KeyCode } from '@kilat/shared/input/keys';
import type { Rectangle } from './picture.ts';

/** What is played before a cover is taken; times in ms since the program first drew. */
export interface CoverRecipe {
  keys?: { atMs: number; key: KeyCode; forMs: number }[];
  /** Left mouse button. */
  clicks?: { atMs: number; forMs: number }[];
  /** Relative motion in pixels. */
  motions?: { atMs: number; dx: number; dy: number }[];
  pictureAtMs: number;
  /** What of the display is shown; all of it where undefined. */
  part?: Rectangle;
}

/** The probe's code and some room about it. */
const PROBE_PART: Rectangle = { x: 0, y: 6, width: 464, height: 260 };

const recipes: Record<string, CoverRecipe> = {
  freedoom: {
    keys: [{ atMs: 500, key: 'KeyW', forMs: 10_000 }],
    clicks: [
      { atMs: 1400, forMs: 200 },
      { atMs: 2100, forMs: 10_000 },
    ],
    motions: [
      { atMs: 1700, dx: -60, dy: 0 },
      { atMs: 2700, dx: 100, dy: 0 },
    ],
    pictureAtMs: 2950,
  },
  mrboom: { pictureAtMs: 13_000 },
  neverball: { clicks: [{ atMs: 1500, forMs: 80 }], pictureAtMs: 5000 },
  supertux: {
    keys: [
      { atMs: 3500, key: 'ArrowRight', forMs: 4000 },
      { atMs: 4900, key: 'Space', forMs: 600 },
    ],
    pictureAtMs: 5200,
    part: { x: 240, y: 100, width: 960, height: 540 },
  },
  'chromium-bsu': {
    clicks: [{ atMs: 3000, forMs: 30_000 }],
    motions: [
      { atMs: 7500, dx: -120, dy: -40 },
      { atMs: 10_500, dx: 200, dy: 0 },
    ],
    pictureAtMs: 11_500,
  },
  'latency-probe': { keys: [{ atMs: 500, key: 'KeyK', forMs: 60 }], pictureAtMs: 900, part: PROBE_PART },
  'latency-probe-moving': { keys: [{ atMs: 500, key: 'KeyK', forMs: 60 }], pictureAtMs: 900, part: PROBE_PART },
  'audio-probe': { keys: [{ atMs: 500, key: 'KeyA', forMs: 60 }], pictureAtMs: 900, part: PROBE_PART },
};

/** The recipe of a title; one without its own is left alone for a while. */
export const recipeFor = (titleId: string): CoverRecipe => recipes[titleId] ?? { pictureAtMs: 6000 };
