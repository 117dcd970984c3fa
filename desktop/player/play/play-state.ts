import type { EndReason, StageName } from '@kilat/shared/session/life';
import type { LaunchStage, PlayState, SessionSummary, TitleFacts } from './model.ts';

/** What can happen to a session on the page. */
export type PlayEvent =
  /** The session this tab still holds is asked for, or (again) a new one. */
  | { type: 'returning'; yes: boolean }
  /** The Indexer gave a session. */
  | { type: 'offered'; title: TitleFacts }
  | { type: 'awaiting'; stage: LaunchStage }
  /** The first frame of a connection is on the screen. */
  | { type: 'shown'; soundLost: boolean }
  /** The media broke; attempt number `attempt` to get it back begins. */
  | { type: 'resuming'; attempt: number }
  | { type: 'held'; untilMs: number }
  | { type: 'idle-warning'; endsAtMs: number }
  | { type: 'idle-over' }
  | { type: 'sound-lost' }
  | { type: 'refused'; why: Extract<PlayState, { is: 'refused' }>['why'] }
  | { type: 'ended'; reason: EndReason; detail: string | undefined; summary: SessionSummary };

/** Next state; an event that makes no sense in a state leaves it as it is (the very same object). */
export function nextPlayState(state: PlayState, event: PlayEvent): PlayState {
  switch (state.is) {
    case 'starting':
      return fromStarting(state, event);
    case 'playing':
      return fromPlaying(state, event);
    case 'reconnecting':
      return fromReconnecting(state, event);
    case 'refused':
    case 'ended':
      return state;
  }
}

function fromStarting(state: Extract<PlayState, { is: 'starting' }>, event: PlayEvent): PlayState {
  switch (event.type) {
    case 'returning':
      return { ...state, returning: event.yes };
    case 'offered':
      return { ...state, title: event.title };
    case 'awaiting':
      return state.stage === event.stage ? state : { ...state, stage: event.stage };
    case 'shown':
      return state.title === undefined ? state : playing(state.title, event.soundLost);
    case 'refused':
      return { is: 'refused', why: event.why };
    case 'ended':
      return ended(state.title, event);
    // A start that has to connect anew is still a start.
    case 'resuming':
    case 'held':
    case 'idle-warning':
    case 'idle-over':
    case 'sound-lost':
      return state;
  }
}

function fromPlaying(state: Extract<PlayState, { is: 'playing' }>, event: PlayEvent): PlayState {
  switch (event.type) {
    case 'resuming':
      return { is: 'reconnecting', title: state.title, attempt: event.attempt, heldUntilMs: undefined };
    case 'idle-warning':
      return { ...state, idleEndsAtMs: event.endsAtMs };
    case 'idle-over':
      return state.idleEndsAtMs === undefined ? state : { ...state, idleEndsAtMs: undefined };
    case 'sound-lost':
      return { ...state, soundLost: true };
    case 'ended':
      return ended(state.title, event);
    case 'returning':
    case 'offered':
    case 'awaiting':
    case 'shown':
    case 'held':
    case 'refused':
      return state;
  }
}

function fromReconnecting(state: Extract<PlayState, { is: 'reconnecting' }>, event: PlayEvent): PlayState {
  switch (event.type) {
    case 'resuming':
      return { ...state, attempt: event.attempt };
    case 'held':
      return { ...state, heldUntilMs: event.untilMs };
    case 'shown':
      return playing(state.title, event.soundLost);
    // The Indexer was updated meanwhile; after a reload the game is still there.
    case 'refused':
      return { is: 'refused', why: event.why };
    case 'ended':
      return ended(state.title, event);
    case 'returning':
    case 'offered':
    case 'awaiting':
    case 'idle-warning':
    case 'idle-over':
    case 'sound-lost':
      return state;
  }
}

const playing = (title: TitleFacts, soundLost: boolean): PlayState => ({
  is: 'playing',
  title,
  idleEndsAtMs: undefined,
  soundLost,
});

function ended(
  title: TitleFacts | undefined,
  { reason, detail, summary }: Extract<PlayEvent, { type: 'ended' }>,
): PlayState {
  return { is: 'ended', title, reason, detail, summary };
}

const EDGE_STAGES: readonly StageName[] = ['reserved', 'display', 'sound', 'title', 'drawn', 'streaming'];

/** What a launch waits for next, given the last stage the edge reached and whether the media is connected. */
export function awaitedStage(reached: StageName, connected: boolean): LaunchStage {
  const next = EDGE_STAGES[EDGE_STAGES.indexOf(reached) + 1];
  return next ?? (connected ? 'first-frame' : 'connecting');
}
