import type { Refusal, RefusalReason, SessionOffer } from '@kilat/shared/launch/messages';
import type { MediaRequest } from '@kilat/shared/media/parameters';
import type { LoadedTitle } from '@kilat/titles/load';
import type { EdgeConnection } from '../edges/edge-connection.ts';
import { newResumeToken } from '../identity/resume-token.ts';
import type { LiveSession } from '../session/live-session.ts';
import type { Accepted } from './reserve.ts';

/** The one reply of a launch or a resume. */
export async function offerOf(
  secret: Uint8Array,
  session: LiveSession,
  title: LoadedTitle,
  edge: EdgeConnection,
  { warmth, media }: Accepted,
): Promise<SessionOffer> {
  const { sessionId, playerId, titleId } = session.facts;
  const { region, holdMs } = edge.announcement;
  return {
    ok: true,
    sessionId,
    resumeToken: await newResumeToken(secret, sessionId, playerId),
    titleId,
    titleName: title.name,
    probe: title.kind === 'probe',
    display: title.display,
    mouse: title.mouse,
    ...(holdMs === undefined ? {} : { holdMs }),
    edge: { edgeId: edge.edgeId, region, warmth },
    media,
  };
}

/** A refusal with its reason; `detail` is for logs and developers, players are told by reason. */
export function refusal(reason: RefusalReason, detail?: string): Refusal {
  return { ok: false, reason, ...(detail === undefined ? {} : { detail }) };
}

/** Whether the browser can decode what every edge sends. */
export function offersH264({ rtpCapabilities }: MediaRequest): boolean {
  return rtpCapabilities.codecs.some(({ mimeType }) => mimeType.toLowerCase() === 'video/h264');
}
