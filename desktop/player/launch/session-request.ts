import { TitleId } from '@kilat/shared/ids';
import type { LaunchReply, LaunchRequest, Refusal, SessionOffer } from '@kilat/shared/launch/messages';
import type { MediaRequest } from '@kilat/shared/media/parameters';
import type { TitleFacts } from '../play/model.ts';
import type { IndexerSocket } from './indexer-socket.ts';
import { gamepads } from '../input/gamepad-input.ts';
import { claimSession } from './session-claim.ts';
import { RESUME_CALL_MS, resumeBudgetMs, resumeVerdict, resumeWaitMs } from './resume-policy.ts';
import type { RememberedSession, SessionMemory } from './session-memory.ts';

/** How long the Indexer may take to give a session, connection included, ms. */
const ASK_MS = 10_000;
/** How long a launch that was held back (`too-many`) waits for its turn by itself, ms; where no time is named, that long between two tries. */
const HELD_BACK = { inAllMs: 15_000, usualMs: 2_000 };

export type SessionAnswer =
  /** `resumed`: this tab had it before. `firstWindow`: number of the first quality record. */
  | { ok: true; offer: SessionOffer; resumed: boolean; firstWindow: number }
  | { ok: false; why: Refusal | { reason: 'unreachable' } };

/** The page that waits for the answer. */
export interface Asking {
  /** The player has left the page meanwhile. */
  over(): boolean;
  /** The session this tab still holds is asked for now, or a new one after all. */
  returning(yes: boolean): void;
}

/**
 * One request for a session: of the one this tab still holds for the title, as long as it may be there, else of a new one.
 * Undefined when the player left before there was an answer.
 */
export async function askForSession(
  indexer: Pick<IndexerSocket, 'call'>,
  memory: SessionMemory,
  titleId: string,
  media: MediaRequest,
  asking: Asking,
): Promise<SessionAnswer | undefined> {
  const title = TitleId.safeParse(titleId);
  if (!title.success) return { ok: false, why: { ok: false, reason: 'unknown-title' } };
  const held = memory.recall(titleId);
  if (held !== undefined && (await claimSession(held.sessionId))) {
    asking.returning(true);
    const reply = await askToReturn(indexer, held, media, asking);
    if (reply?.ok) return { ok: true, offer: reply, resumed: true, firstWindow: held.nextWindow };
    if (reply !== undefined && resumeVerdict(reply) === 'impossible') return { ok: false, why: reply };
    if (asking.over()) return undefined;
    memory.forget(titleId, held.sessionId);
    asking.returning(false);
  }
  const reply = await askToLaunch(indexer, { titleId: title.data, media, ...surroundings() }, asking);
  if (reply === 'left') return undefined;
  if (reply === undefined) return { ok: false, why: { reason: 'unreachable' } };
  if (reply.ok) void claimSession(reply.sessionId);
  return asAnswer(reply);
}

/** Asks for a new session; one that is held back is asked for again when the Indexer says so, unless the player has left. */
async function askToLaunch(
  indexer: Pick<IndexerSocket, 'call'>,
  request: LaunchRequest,
  asking: Asking,
): Promise<LaunchReply | 'left' | undefined> {
  const giveUpAtMs = performance.now() + HELD_BACK.inAllMs;
  for (;;) {
    const reply = await indexer.call('launch', request, ASK_MS).catch(() => undefined);
    if (reply === undefined || reply.ok || reply.reason !== 'too-many') return reply;
    const waitMs = reply.retryAfterMs ?? HELD_BACK.usualMs;
    if (performance.now() + waitMs > giveUpAtMs) return reply;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    if (asking.over()) return 'left';
  }
}

/** Asks for a session until it is given, is known to be gone, or its hold must be over; the last answer. */
async function askToReturn(
  indexer: Pick<IndexerSocket, 'call'>,
  { sessionId, resumeToken, holdMs }: RememberedSession,
  media: MediaRequest,
  asking: Asking,
): Promise<LaunchReply | undefined> {
  const startedMs = performance.now();
  let reply: LaunchReply | undefined;
  for (let attempt = 1; performance.now() - startedMs < resumeBudgetMs(holdMs); attempt++) {
    await new Promise((resolve) => setTimeout(resolve, resumeWaitMs(attempt, Math.random())));
    if (asking.over()) return undefined;
    reply = await indexer.call('resume', { sessionId, resumeToken, media }, RESUME_CALL_MS).catch(() => undefined);
    if (resumeVerdict(reply) !== 'again') return reply;
  }
  return reply;
}

const asAnswer = (reply: LaunchReply): SessionAnswer =>
  reply.ok ? { ok: true, offer: reply, resumed: false, firstWindow: 0 } : { ok: false, why: reply };

/** What the player sits in front of. */
function surroundings(): Pick<LaunchRequest, 'viewport' | 'inputDevices'> {
  const inputDevices: LaunchRequest['inputDevices'] = ['keyboard'];
  if (matchMedia('(any-pointer: fine)').matches) inputDevices.push('mouse');
  if (navigator.maxTouchPoints > 0) inputDevices.push('touch');
  if (gamepads().length > 0) inputDevices.push('gamepad');
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
