import { z } from 'zod';
import { EdgeId } from '../ids.ts';
import { SaveProblem, SaveVersionId } from '../save/save.ts';
import { FreeText } from '../text.ts';
import { EpochMs, Milliseconds } from '../units.ts';

/** Why a session ended; a closed set, worded for people by the player. */
export const EndReason = z.enum([
  'left', // the player left
  'idle', // no input for the idle timeout
  'player-gone', // held for its player, who did not come back
  'replaced', // its player launched another while it was held
  'title-exited', // the game quit with status 0
  'title-crashed', // the game died
  'start-failed', // display, sound or game did not come up
  'display-lost', // the X server died
  'encoder-lost', // the last encoder of H.264 failed
  'session-crashed', // the session process died
  'edge-lost', // the edge vanished and did not return in time
  'edge-stopped', // the edge was shut down by its operator
]);
export type EndReason = z.infer<typeof EndReason>;

/** What of a slot was ready when its session took it: nothing, display and sound, or the title itself. */
export const Warmth = z.enum(['cold', 'display', 'title']);
export type Warmth = z.infer<typeof Warmth>;

/** Stages of a launch on the edge, in order. */
export const StageName = z.enum(['reserved', 'display', 'sound', 'title', 'drawn', 'streaming']);
export type StageName = z.infer<typeof StageName>;

/**
 * What happens to a session, append-only. The Indexer writes `requested`, `refused`, `edge-silent`, `edge-back`, `saved`
 * and `save-problem` (the last two also after the end); the edge the rest.
 */
export const SessionEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('requested') }),
  z.object({ type: z.literal('refused'), edgeId: EdgeId, reason: FreeText(100) }),
  z.object({ type: z.literal('reserved'), edgeId: EdgeId, warmth: Warmth }),
  /** `sinceReserveMs` is 0 for what a warm slot had ready. */
  z.object({ type: z.literal('stage'), stage: StageName, sinceReserveMs: Milliseconds }),
  /** The player's page is connected and receives; `codec`: what the picture is in (`video/H264`, `video/AV1`). */
  z.object({ type: z.literal('playing'), codec: z.string().max(20).optional() }),
  /** The player vanished; the session waits for it. */
  z.object({ type: z.literal('held'), untilMs: EpochMs, cause: z.enum(['player-silent', 'media-lost']) }),
  /** An encoder failed and the next went on, in the same session; `video/AV1` to `video/H264`: no encoder of AV1 was left. */
  z.object({
    type: z.literal('encoder-changed'),
    from: z.string().max(40),
    to: z.string().max(40),
    why: FreeText(500),
  }),
  z.object({ type: z.literal('edge-silent') }),
  z.object({ type: z.literal('edge-back') }),
  z.object({
    type: z.literal('ended'),
    reason: EndReason,
    detail: FreeText(500).optional(),
    meteredSeconds: z.number().nonnegative(),
  }),
  /** What the player's save folders held is stored; null: nothing new. `final`: the title had ended, nothing follows. */
  z.object({ type: z.literal('saved'), versionId: SaveVersionId.nullable(), final: z.boolean() }),
  /** A save was set aside, passed over or lost; `versionId`: where it is kept all the same. */
  z.object({
    type: z.literal('save-problem'),
    problem: SaveProblem,
    versionId: SaveVersionId.nullable(),
    final: z.boolean(),
  }),
]);
export type SessionEvent = z.infer<typeof SessionEvent>;

/** A session on a connected edge. */
export type LiveState =
  | { is: 'starting'; edgeId: EdgeId; stage: StageName }
  | { is: 'playing'; edgeId: EdgeId }
  | { is: 'held'; edgeId: EdgeId; untilMs: number };

/** The state of a session is the fold of its events; each state has only its own fields. */
export type SessionState =
  | { is: 'requested' }
  | LiveState
  | { is: 'orphaned'; edgeId: EdgeId; was: LiveState }
  | { is: 'ended'; reason: EndReason; meteredSeconds: number };

/** Next state after an event; an event that makes no sense in a state leaves it as it is (the wire may repeat). */
export function nextSessionState(state: SessionState, event: SessionEvent): SessionState {
  if (state.is === 'ended') return state;
  switch (event.type) {
    case 'requested':
    case 'refused':
    case 'encoder-changed':
    case 'saved':
    case 'save-problem':
      return state;
    case 'reserved':
      return { is: 'starting', edgeId: event.edgeId, stage: 'reserved' };
    case 'stage':
      return state.is === 'starting' ? { ...state, stage: event.stage } : state;
    case 'playing':
      return state.is === 'requested' ? state : { is: 'playing', edgeId: state.edgeId };
    case 'held':
      return state.is === 'requested' ? state : { is: 'held', edgeId: state.edgeId, untilMs: event.untilMs };
    case 'edge-silent':
      return state.is === 'requested' || state.is === 'orphaned'
        ? state
        : { is: 'orphaned', edgeId: state.edgeId, was: state };
    case 'edge-back':
      return state.is === 'orphaned' ? state.was : state;
    case 'ended':
      return { is: 'ended', reason: event.reason, meteredSeconds: event.meteredSeconds };
  }
}

/** An event with its place in its session's history: the edge numbers its own from 1 and repeats until acknowledged. */
export const NumberedEvent = z.object({
  n: z.number().int().positive().max(100_000),
  atMs: EpochMs,
  event: SessionEvent,
});
export type NumberedEvent = z.infer<typeof NumberedEvent>;
