import { TitleId } from '@kilat/shared/ids';
import type { LaunchReply, LaunchRequest, Refusal, SessionOffer } from '@kilat/shared/launch/messages';
import type { MediaRequest } from '@kilat/shared/media/parameters';
import type { TitleFacts } from '../play/model.ts';
import type { IndexerSocket } from './indexer-socket.ts';
import { claimSession } from './session-claim.ts';
import type { SessionMemory } from './session-memory.ts';

/** How long the Indexer may take to give a session, connection included, ms. */
const ASK_MS = 10_000;

export type SessionAnswer =
  /** `resumed`: this tab had it before. `firstWindow`: number of the first quality record. */
  | { ok: true; offer: SessionOffer; resumed: boolean; firstWindow: number }
  | { ok: false; why: Refusal | { reason: 'unreachable' } };

/** One request for a session: of the one this tab still holds for the title, else of a new one. */
export async function askForSession(
  indexer: IndexerSocket,
  memory: SessionMemory,
  titleId: string,
  media: MediaRequest,
): Promise<SessionAnswer> {
  const title = TitleId.safeParse(titleId);
  if (!title.success) return { ok: false, why: { ok: false, reason: 'unknown-title' } };
  try {
    const held = memory.recall(titleId);
    if (held !== undefined && (await claimSession(held.sessionId))) {
      const { sessionId, resumeToken, nextWindow } = held;
      const reply = await indexer.call('resume', { sessionId, resumeToken, media }, ASK_MS);
      if (reply.ok) return { ok: true, offer: reply, resumed: true, firstWindow: nextWindow };
      if (!isGone(reply.reason)) return { ok: false, why: reply };
      memory.forget(titleId, sessionId);
    }
    const reply = await indexer.call('launch', { titleId: title.data, media, ...surroundings() }, ASK_MS);
    if (reply.ok) void claimSession(reply.sessionId);
    return asAnswer(reply);
  } catch {
    return { ok: false, why: { reason: 'unreachable' } };
  }
}

/** Whether a refused resume means that the session cannot be had any more, so that a new one is what the player wants. */
function isGone(reason: Refusal['reason']): boolean {
  switch (reason) {
    case 'session-ended':
    case 'not-yours':
    case 'no-edge':
    case 'edge-gone':
    case 'all-full':
    case 'not-installed':
    case 'unknown-title':
      return true;
    case 'no-h264':
    case 'protocol-version':
    case 'bad-request':
    case 'too-many':
    case 'too-many-sessions':
    case 'indexer-trouble':
      return false;
  }
}

const asAnswer = (reply: LaunchReply): SessionAnswer =>
  reply.ok ? { ok: true, offer: reply, resumed: false, firstWindow: 0 } : { ok: false, why: reply };

/** What the player sits in front of. */
function surroundings(): Pick<LaunchRequest, 'viewport' | 'inputDevices'> {
  const inputDevices: LaunchRequest['inputDevices'] = ['keyboard'];
  if (matchMedia('(any-pointer: fine)').matches) inputDevices.push('mouse');
  if (navigator.maxTouchPoints > 0) inputDevices.push('touch');
  return {
    viewport: {
      width: Math.max(1, Math.round(innerWidth)),
      height: Math.max(1, Math.round(innerHeight)),
      pixelRatio: devicePixelRatio || 1,
    },
    inputDevices,
  };
}

/** What of an offer the pages show. */
export function titleFacts({ titleId, titleName, probe, display, mouse, edge }: SessionOffer): TitleFacts {
  return { id: titleId, name: titleName, probe, display, mouse, region: edge.region, warmth: edge.warmth };
}
