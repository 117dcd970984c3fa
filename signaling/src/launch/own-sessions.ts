import type { LiveSession } from '../session/live-session.ts';

/** Most sessions that one player may play at a time. */
export const MOST_SESSIONS = 2;

/**
 * What a new launch does with the sessions its player has: `replaced` gives way, because nobody plays it (it waits for
 * its player, or was asked for and never played); `kept` goes on.
 */
export function sortOwnSessions<Session extends Pick<LiveSession, 'state' | 'ending'>>(
  sessions: readonly Session[],
): { replaced: Session[]; kept: Session[] } {
  const living = sessions.filter(({ state, ending }) => state.is !== 'ended' && !ending);
  const isPlayed = ({ state }: Session): boolean => (state.is === 'orphaned' ? state.was : state).is === 'playing';
  return { replaced: living.filter((session) => !isPlayed(session)), kept: living.filter(isPlayed) };
}
