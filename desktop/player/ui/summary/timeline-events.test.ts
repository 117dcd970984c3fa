import { describe, expect, it } from 'vitest';
import type { SecondOfPlay } from '../../play/model.ts';
import { nameTimeline } from './timeline-events.ts';

const calm = (n: number): SecondOfPlay[] =>
  Array.from({ length: n }, (_, second) => ({
    atMs: 50_000 + second * 1000,
    latencyP50Ms: 24,
    latencyMaxMs: 31,
    stagesMs: {},
    framesPerSecond: 60,
    videoKbps: 6000,
    lossPercent: 0,
    rendition: undefined,
    roundTripMs: 12,
    events: [],
  }));
const between = (seconds: SecondOfPlay[], from: number, to: number, change: Partial<SecondOfPlay>): SecondOfPlay[] =>
  seconds.map((second, index) => (index >= from && index < to ? { ...second, ...change } : second));
const told = (seconds: SecondOfPlay[]) =>
  nameTimeline(seconds).map(({ sentence }) => sentence.replaceAll('\u00a0', ' '));

describe('nameTimeline', () => {
  it('has nothing to tell of a calm session, or of none', () => {
    expect(nameTimeline(calm(60))).toEqual([]);
    expect(nameTimeline([])).toEqual([]);
  });

  it('names a stretch of loss by its share and length', () => {
    const seconds = between(calm(60), 20, 28, { lossPercent: 3.2 });
    expect(told(seconds)).toEqual(['Your network lost 3 % for 8 s']);
    expect(nameTimeline(seconds)[0]).toMatchObject({ kind: 'loss', fromMs: 20_000, toMs: 28_000 });
  });

  it('bridges a second without loss, and separates what lies further apart', () => {
    const near = between(between(calm(60), 20, 24, { lossPercent: 2 }), 25, 28, { lossPercent: 4 });
    expect(told(near)).toEqual(['Your network lost 3 % for 8 s']);
    const far = between(between(calm(60), 10, 12, { lossPercent: 2 }), 40, 41, { lossPercent: 12 });
    expect(told(far)).toEqual(['Your network lost 2 % for 2 s', 'Your network lost 12 % for 1 s']);
  });

  it('leaves out loss that is repaired unseen', () => {
    expect(told(between(calm(60), 5, 50, { lossPercent: 0.4 }))).toEqual([]);
  });

  it('counts freezes and names a reconnection', () => {
    const seconds = between(between(calm(60), 3, 4, { events: ['freeze'] }), 30, 31, {
      events: ['freeze', 'reconnected'],
    });
    expect(told(seconds)).toEqual([
      'The picture froze for a moment',
      'The picture froze for a moment',
      'The connection broke and came back',
    ]);
    expect(told(between(calm(60), 3, 6, { events: ['freeze'] }))).toEqual(['The picture froze 3 times within 3 s']);
  });

  it('measures slowness against the session’s own median', () => {
    expect(told(between(calm(60), 30, 34, { latencyMaxMs: 142 }))).toEqual(['Latency rose to 142 ms for 4 s']);
    expect(told(between(calm(60), 30, 31, { latencyMaxMs: 142 }))).toEqual(['One input took 142 ms']);
    expect(told(between(calm(60), 30, 34, { latencyMaxMs: 55 }))).toEqual([]);
  });

  it('does not name a slow stretch whose cause it names', () => {
    const seconds = between(between(calm(60), 30, 34, { latencyMaxMs: 142 }), 30, 32, { lossPercent: 4 });
    expect(told(seconds)).toEqual(['Your network lost 4 % for 2 s']);
  });

  it('ends with the loss of the session, however calm it was before', () => {
    expect(nameTimeline(calm(60), 'The machine went away')).toEqual([
      { kind: 'lost', fromMs: 59_000, toMs: 60_000, sentence: 'The machine went away' },
    ]);
    const broken = between(calm(60), 58, 60, { lossPercent: 5 });
    expect(nameTimeline(broken, 'The machine went away').map(({ kind }) => kind)).toEqual(['loss', 'lost']);
  });

  it('tells in the order of time', () => {
    const seconds = between(between(calm(60), 40, 42, { lossPercent: 5 }), 10, 11, { events: ['reconnected'] });
    expect(nameTimeline(seconds).map(({ kind }) => kind)).toEqual(['reconnected', 'loss']);
  });
});
