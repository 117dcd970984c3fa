import type { LaunchReply, Refusal } from '@kilat/shared/launch/messages';
import { backoffMs } from './backoff.ts';

/** How long an edge holds a session for its player where the offer does not say, ms. */
export const USUAL_HOLD_MS = 60_000;
/** An edge takes a player for gone after this much silence, ms; only then the hold begins. */
const EDGE_NOTICES_MS = 4_000;
/** A resume that shows nothing by then is followed by the next, ms. */
export const RESUME_SHOWS_WITHIN_MS = 10_000;
/** The Indexer waits 5 s for an edge that is coming back, then asks it, ms. */
export const RESUME_CALL_MS = 8_000;

const WAITS = { firstMs: 250, longestMs: 4_000 };

/** How long a page tries to get its session back, ms: as long as the edge may hold it. */
export const resumeBudgetMs = (holdMs: number | undefined): number => (holdMs ?? USUAL_HOLD_MS) + EDGE_NOTICES_MS;

/** Wait before attempt number `attempt` (from 1), ms: none before the first. `random`: 0…1. */
export const resumeWaitMs = (attempt: number, random: number): number =>
  attempt <= 1 ? 0 : backoffMs(WAITS, attempt - 1, random);

/**
 * What the answer to a resume means. `again`: the session may well be there, ask once more. `gone`: it cannot be had any
 * more. `impossible`: this page cannot have it, nor any other.
 */
export type ResumeVerdict = 'given' | 'again' | 'gone' | 'impossible';

/** `reply` is undefined when nobody answered. */
export function resumeVerdict(reply: LaunchReply | undefined): ResumeVerdict {
  if (reply === undefined) return 'again';
  return reply.ok ? 'given' : refusedVerdict(reply.reason);
}

function refusedVerdict(reason: Refusal['reason']): ResumeVerdict {
  switch (reason) {
    case 'session-ended':
    case 'not-yours':
    case 'unknown-title':
      return 'gone';
    // An Indexer that has just been restarted has not heard of its edges yet; the game goes on at one of them.
    case 'no-edge':
    case 'edge-gone':
    case 'all-full':
    case 'draining':
    case 'not-installed':
    case 'too-many':
    case 'too-many-sessions':
    case 'indexer-trouble':
      return 'again';
    case 'no-h264':
    case 'protocol-version':
    case 'bad-request':
      return 'impossible';
  }
}
