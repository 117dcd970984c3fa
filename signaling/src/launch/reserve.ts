import type { EdgeRefusal, ReserveReply, ReserveRequest } from '@kilat/shared/edge/messages';
import type { RefusalReason } from '@kilat/shared/launch/messages';
import type { MediaRequest } from '@kilat/shared/media/parameters';
import { LAST_RESERVE_TIMEOUT_MS, RESERVE_TIMEOUT_MS } from '@kilat/shared/protocol';
import type { EdgeConnection } from '../edges/edge-connection.ts';
import type { Metrics } from '../metrics.ts';
import type { EdgePresence } from '../session/edge-presence.ts';
import type { LiveSession } from '../session/live-session.ts';
import type { LiveSessions } from '../session/live-sessions.ts';

/** Most edges one launch asks: the player waits meanwhile. */
const MOST_ASKED = 8;

export type Accepted = Extract<ReserveReply, { ok: true }>;
/** Why an edge did not take a session. */
type Decline = EdgeRefusal['reason'] | 'silent' | 'malformed';
/** The edge that took the session, or the reason for the player when none did. */
export type Reserved = { ok: true; edge: EdgeConnection; accepted: Accepted } | { ok: false; reason: RefusalReason };

/** What asking edges stands on. */
export interface ReserveParts {
  sessions: LiveSessions;
  presence: EdgePresence;
  metrics: Metrics;
}

/** Asks candidates one after another until one takes the session; each is the authority over its own slots. */
export async function reserve(
  { sessions, presence, metrics }: ReserveParts,
  session: LiveSession,
  candidates: readonly EdgeConnection[],
  media: MediaRequest,
  saves: Promise<ReserveRequest['saves']>,
): Promise<Reserved> {
  const { sessionId, playerId, titleId } = session.facts;
  const announcedSaves = await saves;
  const request = {
    sessionId,
    playerId,
    titleId,
    media,
    ...(announcedSaves === undefined ? {} : { saves: announcedSaves }),
  };
  const declines: Decline[] = [];
  const asked = candidates.slice(0, MOST_ASKED);
  for (const edge of asked) {
    if (session.ending) break;
    const patienceMs = edge === asked.at(-1) ? LAST_RESERVE_TIMEOUT_MS : RESERVE_TIMEOUT_MS;
    const answer = await session.offeredTo(
      edge.edgeId,
      () =>
        edge.call('reserve', request, patienceMs, (late) => {
          if (late.ok) presence.dismiss(edge, sessionId);
        }),
      (answer) => answer.is === 'answered' && answer.reply.ok,
    );
    if (answer.is === 'answered' && answer.reply.ok) {
      metrics.reservations.inc({ answer: 'ok' });
      return { ok: true, edge, accepted: answer.reply };
    }
    // An edge whose answer makes no sense may hold a slot all the same.
    if (answer.is === 'malformed') presence.dismiss(edge, sessionId);
    const decline =
      answer.is === 'answered' && !answer.reply.ok
        ? answer.reply.reason
        : answer.is === 'malformed'
          ? 'malformed'
          : 'silent';
    metrics.reservations.inc({ answer: decline });
    void sessions.record(session, { type: 'refused', edgeId: edge.edgeId, reason: decline });
    if (decline === 'no-h264') return { ok: false, reason: 'no-h264' };
    declines.push(decline);
  }
  return { ok: false, reason: reasonForPlayer(declines) };
}

/** What the player is told when nobody took the session: what a wait may mend comes first. */
export function reasonForPlayer(declines: readonly Decline[]): RefusalReason {
  if (declines.includes('full')) return 'all-full';
  if (declines.includes('draining')) return 'draining';
  if (declines.some((decline) => decline === 'not-installed' || decline === 'unknown-title')) return 'not-installed';
  return 'edge-gone';
}
