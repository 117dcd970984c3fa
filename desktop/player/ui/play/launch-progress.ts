import type { LaunchStage } from '../../play/model.ts';

/** Stages of a launch in the order in which they are waited for. */
export const LAUNCH_STAGES: readonly LaunchStage[] = [
  'asking',
  'reserved',
  'display',
  'sound',
  'title',
  'drawn',
  'streaming',
  'connecting',
  'first-frame',
];

/** Ms from the click until each stage is done. */
export type StageTimes = Partial<Record<LaunchStage, number>>;

/** A launch without a warm slot on a small machine; used until this browser has seen a launch of its own. */
export const USUAL_AT_FIRST: Required<StageTimes> = {
  asking: 120,
  reserved: 160,
  display: 700,
  sound: 900,
  title: 1000,
  drawn: 1900,
  streaming: 2000,
  connecting: 2100,
  'first-frame': 2300,
};

/** How much of a stage's share of the line may fill while the stage has not been reported done. */
const FILL_WHILE_WAITING = 0.9;

/**
 * Where the progress line stands, 0…1: all earlier stages full, the current one filling towards its end as its usual
 * time passes, ever slower, so that a late stage slows the line instead of stopping or overrunning it.
 */
export function launchProgress(stage: LaunchStage, inStageMs: number, usual: StageTimes): number {
  // Asking lasts until a seat is taken.
  const asking = stage === 'asking' || stage === 'reserved';
  const at = asking ? LAUNCH_STAGES.indexOf('reserved') : LAUNCH_STAGES.indexOf(stage);
  const ends = endsInOrder(usual);
  const total = Math.max(1, ends.at(-1) ?? 0);
  const begin = asking ? 0 : (ends[at - 1] ?? 0);
  const end = ends[at] ?? total;
  const usualMs = Math.max(end - begin, total * 0.02);
  const filled = (1 - Math.exp((-1.6 * Math.max(0, inStageMs)) / usualMs)) * FILL_WHILE_WAITING;
  return Math.min(1, (begin + filled * (end - begin)) / total);
}

/** End of each stage, ms; stages run side by side, so a later one never ends before an earlier one. */
function endsInOrder(usual: StageTimes): number[] {
  let latest = 0;
  return LAUNCH_STAGES.map((stage) => {
    latest = Math.max(latest, usual[stage] ?? latest);
    return latest;
  });
}

/** Usual times after one more launch: a third of the way towards what was seen, so that one odd launch does not rule. */
export function learnUsual(usual: StageTimes, seen: StageTimes): StageTimes {
  const learnt: StageTimes = { ...usual };
  for (const stage of LAUNCH_STAGES) {
    const now = seen[stage];
    if (now === undefined || !Number.isFinite(now)) continue;
    const before = usual[stage];
    learnt[stage] = before === undefined ? now : before + (now - before) / 3;
  }
  return learnt;
}
