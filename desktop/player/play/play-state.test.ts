import { describe, expect, test } from 'vitest';
import type { PlayState, SessionSummary, TitleFacts } from './model.ts';
import { awaitedStage, nextPlayState, type PlayEvent } from './play-state.ts';

const title: TitleFacts = {
  id: 'freedoom',
  name: 'Freedoom',
  probe: false,
  display: { width: 1280, height: 720, fps: 60 },
  mouse: 'relative',
  region: 'here',
  warmth: 'cold',
};
const summary: SessionSummary = {
  playedMs: 0,
  measure: 'next-frame',
  latencyMs: undefined,
  stagesMs: {},
  launchMs: {},
  seconds: [],
  inputs: { sent: 0, matched: 0, unmatched: 0 },
};
const asking: PlayState = { is: 'starting', stage: 'asking', startedAtMs: 5, title: undefined, returning: false };
const stateAfter = (...events: PlayEvent[]) => events.reduce(nextPlayState, asking);
const shown: PlayEvent = { type: 'shown', soundLost: false };
const ended: PlayEvent = { type: 'ended', reason: 'title-exited', detail: undefined, summary };

describe('nextPlayState', () => {
  test('starts, plays, breaks, comes back and ends', () => {
    expect(stateAfter({ type: 'offered', title }, { type: 'awaiting', stage: 'display' })).toEqual({
      is: 'starting',
      stage: 'display',
      startedAtMs: 5,
      title,
      returning: false,
    });
    expect(stateAfter({ type: 'offered', title }, shown)).toEqual({
      is: 'playing',
      title,
      idleEndsAtMs: undefined,
      soundLost: false,
    });
    const broken = stateAfter(
      { type: 'offered', title },
      shown,
      { type: 'resuming', attempt: 1 },
      { type: 'held', untilMs: 99 },
      { type: 'resuming', attempt: 2 },
    );
    expect(broken).toEqual({ is: 'reconnecting', title, attempt: 2, heldUntilMs: 99 });
    expect(nextPlayState(broken, { type: 'shown', soundLost: true })).toMatchObject({ is: 'playing', soundLost: true });
    expect(nextPlayState(broken, ended)).toMatchObject({ is: 'ended', title, reason: 'title-exited' });
  });

  test('says whether it goes back to a session or asks for a new one', () => {
    const returning = stateAfter({ type: 'returning', yes: true });
    expect(returning).toMatchObject({ is: 'starting', stage: 'asking', returning: true });
    expect(nextPlayState(returning, { type: 'returning', yes: false })).toMatchObject({ returning: false });
  });

  test('a picture without a session is none', () => {
    expect(stateAfter(shown)).toBe(asking);
  });

  test('nothing follows an end or a refusal', () => {
    const over = stateAfter({ type: 'offered', title }, shown, ended);
    const refused = stateAfter({ type: 'refused', why: { reason: 'unreachable' } });
    for (const event of [
      shown,
      { type: 'resuming', attempt: 1 },
      { ...ended, reason: 'left' },
      { type: 'refused', why: { reason: 'unreachable' } },
    ] as PlayEvent[]) {
      expect(nextPlayState(over, event)).toBe(over);
      expect(nextPlayState(refused, event)).toBe(refused);
    }
  });

  test('a start that connects anew is still a start', () => {
    const starting = stateAfter({ type: 'offered', title });
    expect(nextPlayState(starting, { type: 'resuming', attempt: 1 })).toBe(starting);
  });

  test('warns of idleness and forgets it again', () => {
    const warned = stateAfter({ type: 'offered', title }, shown, { type: 'idle-warning', endsAtMs: 70 });
    expect(warned).toMatchObject({ idleEndsAtMs: 70 });
    expect(nextPlayState(warned, { type: 'idle-over' })).toMatchObject({ idleEndsAtMs: undefined });
  });
});

test('awaitedStage names what comes after the stage reached', () => {
  expect(awaitedStage('reserved', false)).toBe('display');
  expect(awaitedStage('drawn', true)).toBe('streaming');
  expect(awaitedStage('streaming', false)).toBe('connecting');
  expect(awaitedStage('streaming', true)).toBe('first-frame');
});
