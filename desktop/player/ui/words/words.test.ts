import { EndReason, StageName } from '@kilat/shared/session/life';
import { RefusalReason } from '@kilat/shared/launch/messages';
import { LATENCY_STAGES } from '@kilat/shared/latency/stages';
import { describe, expect, it } from 'vitest';
import type { LaunchStage, PlayState } from '../../play/model.ts';
import { SaveProblem } from '@kilat/shared/save/save';
import { endWords, isLoss } from './endings.ts';
import { refusalDetail, refusalWords } from './refusals.ts';
import { saveProblemWords } from './saves.ts';
import { latencyStageWords, stageDoneWords, stageWords } from './stages.ts';

type Why = Extract<PlayState, { is: 'refused' }>['why'];

const everyWhy: Why[] = [
  ...RefusalReason.options.map((reason): Why => ({ ok: false, reason })),
  { reason: 'unsupported', missing: 'webrtc' },
  { reason: 'unsupported', missing: 'h264' },
  { reason: 'unreachable' },
];
const everyStage: LaunchStage[] = ['asking', ...StageName.options, 'connecting', 'first-frame'];
const whole = /^[A-Z“].*[.?]$/;

describe('refusals', () => {
  it.each(everyWhy)('say what happened, what was done and what can be done: $reason', (why) => {
    const saying = refusalWords(why, 'Freedoom');
    expect(saying.happened).toMatch(whole);
    expect(saying.done).toMatch(whole);
    expect(saying.canDo).toMatch(whole);
    expect(saying.title).toMatch(/^\S.{5,40}$/);
    expect(saying.ways).toContain('back');
    expect(JSON.stringify(saying)).not.toMatch(/went wrong|undefined|edge-|h264"/);
  });

  it('offer a second try only where a second try can help', () => {
    const ways = (reason: RefusalReason) => refusalWords({ ok: false, reason }, 'x').ways;
    expect(ways('all-full')[0]).toBe('try-again');
    expect(ways('protocol-version')[0]).toBe('reload');
    expect(ways('unknown-title')).toEqual(['back']);
    expect(refusalWords({ reason: 'unsupported', missing: 'webrtc' }, 'x').ways).toEqual(['back']);
  });

  it('say how the session ended that a tab wanted to go back to', () => {
    const why: Why = { ok: false, reason: 'session-ended', detail: 'edge-lost' };
    expect(refusalWords(why, 'Freedoom').happened).toBe(endWords('edge-lost', 'Freedoom').happened);
    expect(refusalDetail(why)).toBeUndefined();
  });

  it('show what the server said more exactly', () => {
    expect(refusalDetail({ ok: false, reason: 'indexer-trouble', detail: 'no space left on device' })).toBe(
      'no space left on device',
    );
    expect(refusalDetail({ ok: false, reason: 'all-full' })).toBeUndefined();
    expect(refusalDetail({ reason: 'unreachable' })).toBeUndefined();
  });

  it('are all told apart', () => {
    const texts = everyWhy.map((why) => refusalWords(why, 'Freedoom').happened);
    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe('endings', () => {
  it.each(EndReason.options)('are told in words: %s', (reason) => {
    const { title, happened } = endWords(reason, 'Freedoom');
    expect(title).toMatch(/^[A-Z]/);
    if (reason !== 'left') expect(happened).toMatch(whole);
  });

  it('claim no length of a wait that each machine sets for itself', () => {
    for (const reason of EndReason.options) expect(endWords(reason, 'x').happened ?? '').not.toMatch(/minute/);
  });

  it('are losses unless the player or the game wanted them', () => {
    expect(EndReason.options.filter((reason) => !isLoss(reason))).toEqual(['left', 'idle', 'replaced', 'title-exited']);
  });

  it('are all told apart', () => {
    expect(new Set(EndReason.options.map((reason) => endWords(reason, 'x').title)).size).toBe(EndReason.options.length);
  });
});

describe('stages', () => {
  it('of a launch have one line each, and another once they are done', () => {
    expect(new Set(everyStage.map((stage) => stageWords(stage, 'Freedoom'))).size).toBe(everyStage.length);
    expect(new Set(everyStage.map(stageDoneWords)).size).toBe(everyStage.length);
    expect(stageWords('title', 'Freedoom')).toBe('Starting Freedoom');
  });

  it('of the latency have one name each', () => {
    expect(new Set(LATENCY_STAGES.map(latencyStageWords)).size).toBe(LATENCY_STAGES.length);
  });
});

describe('saves', () => {
  it.each(SaveProblem.options)('are explained where something is wrong: %s', (problem) => {
    expect(saveProblemWords(problem, 16)).toMatch(whole);
    expect(saveProblemWords(problem, 16)).not.toMatch(/undefined|blob|hash/);
  });
});
