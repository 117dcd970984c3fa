import { describe, expect, it } from 'vitest';
import { LAUNCH_STAGES, launchProgress, learnUsual, USUAL_AT_FIRST } from './launch-progress.ts';

describe('launchProgress', () => {
  it('grows with every stage and within each', () => {
    let before = -1;
    for (const stage of LAUNCH_STAGES.filter((name) => name !== 'reserved')) {
      for (const inStageMs of [0, 50, 400, 3_000]) {
        const now = launchProgress(stage, inStageMs, USUAL_AT_FIRST);
        expect(now).toBeGreaterThanOrEqual(before);
        before = now;
      }
    }
  });

  it('begins at nothing and never claims a stage is over before it is', () => {
    expect(launchProgress('asking', 0, USUAL_AT_FIRST)).toBe(0);
    const endOfDrawn = USUAL_AT_FIRST.drawn / USUAL_AT_FIRST['first-frame'];
    expect(launchProgress('drawn', 60_000, USUAL_AT_FIRST)).toBeLessThan(endOfDrawn);
    expect(launchProgress('first-frame', 60_000, USUAL_AT_FIRST)).toBeLessThan(1);
  });

  it('follows what is usual here: the stage that takes longest has the longest share', () => {
    const slowTitle = { ...USUAL_AT_FIRST, drawn: 9_000, streaming: 9_100, connecting: 9_100, 'first-frame': 9_200 };
    const share = launchProgress('streaming', 0, slowTitle) - launchProgress('drawn', 0, slowTitle);
    expect(share).toBeGreaterThan(0.8);
  });

  it('stands on stages that run side by side or were never seen', () => {
    const odd = { asking: 200, connecting: 90, 'first-frame': 400 };
    expect(launchProgress('connecting', 100, odd)).toBeCloseTo(0.5);
    expect(launchProgress('first-frame', 0, {})).toBe(0);
  });
});

describe('learnUsual', () => {
  it('takes the first launch as it is and moves a third of the way with later ones', () => {
    expect(learnUsual({}, { asking: 90 })).toEqual({ asking: 90 });
    expect(learnUsual({ asking: 90, display: 300 }, { asking: 390 })).toEqual({ asking: 190, display: 300 });
  });

  it('ignores what was not measured', () => {
    expect(learnUsual({ asking: 90 }, { asking: Number.NaN })).toEqual({ asking: 90 });
  });
});
