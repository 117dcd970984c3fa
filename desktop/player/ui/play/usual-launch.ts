import type { PlaySession } from '../../play/model.ts';
import { recall, remember } from '../remembered.ts';
import { learnUsual, type StageTimes, USUAL_AT_FIRST } from './launch-progress.ts';

/** How long each stage of this title's launch usually takes from here. */
export const usualLaunch = (titleId: string): StageTimes => ({
  ...USUAL_AT_FIRST,
  ...recall('kilat.launch-times')?.[titleId],
});

/** Remembers how long the launch took, once it has succeeded; returns the way to stop. */
export function learnFromLaunch(session: PlaySession, titleId: string): () => void {
  if (session.state.is !== 'starting') return () => undefined;
  const stop = session.subscribe(() => {
    if (session.state.is === 'starting') return;
    stop();
    if (session.state.is !== 'playing') return;
    const all = recall('kilat.launch-times') ?? {};
    const learnt = learnUsual(all[titleId] ?? {}, session.stats().launchMs);
    remember('kilat.launch-times', { ...all, [titleId]: learnt as Record<string, number> });
  });
  return stop;
}
