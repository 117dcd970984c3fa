import { distribution } from '@kilat/shared/latency/quantiles';
import { LATENCY_STAGES, type LatencyStage } from '@kilat/shared/latency/stages';
import type {
  KilatStats,
  PlaySession,
  PlayState,
  SecondOfPlay,
  SessionGamepads,
  SessionSummary,
  TitleFacts,
} from '../../play/model.ts';
import { seeded } from './seeded.ts';

/** Medians of a moving title on a small machine, ms. */
const USUAL_MS: Record<LatencyStage, number> = {
  input: 1.4,
  inject: 0.4,
  title: 6.2,
  capture: 1.9,
  encode: 5.4,
  network: 2.1,
  jitter: 0.8,
  decode: 1.5,
  present: 5.8,
};

const RENDITION = { bitrateKbps: 8_000, framesPerSecond: 60, width: 1280, height: 720 };

export const FREEDOOM: TitleFacts = {
  id: 'freedoom',
  name: 'Freedoom: Phase 1',
  probe: false,
  display: { width: 1280, height: 720, fps: 60 },
  mouse: 'relative',
  region: 'Jakarta',
  warmth: 'title',
};

/** Seconds of play with the dips that a session over a home network has. */
export function playedSeconds(count: number, seed = 7): SecondOfPlay[] {
  const next = seeded(seed);
  return Array.from({ length: count }, (_, second) => {
    const lossy = second >= 96 && second < 104;
    const broken = second === 171 || second === 172;
    const slow = second >= 231 && second < 234;
    const quiet = next() < 0.06;
    const stagesMs: SecondOfPlay['stagesMs'] = quiet
      ? {}
      : Object.fromEntries(
          LATENCY_STAGES.map((stage) => [
            stage,
            USUAL_MS[stage] * (0.8 + 0.45 * next()) * (slow && stage === 'encode' ? 3 : 1),
          ]),
        );
    const totalMs = Object.values(stagesMs).reduce((sum, ms) => sum + ms, 0) * (lossy ? 1.3 : 1);
    const events: SecondOfPlay['events'] = [];
    if (lossy) events.push('loss');
    if (second === 99) events.push('freeze');
    if (second === 173) events.push('reconnected');
    return {
      atMs: 12_000 + second * 1000,
      latencyP50Ms: quiet || broken ? undefined : totalMs,
      latencyMaxMs:
        quiet || broken ? undefined : totalMs * (1.2 + 0.5 * next()) + (lossy ? 40 * next() : 0) + (slow ? 70 : 0),
      stagesMs: broken ? {} : stagesMs,
      framesPerSecond: broken ? 0 : lossy ? 44 + 8 * next() : 57 + 3 * next(),
      videoKbps: broken ? 0 : lossy ? 3400 + 600 * next() : 5600 + 900 * Math.sin(second / 17) + 500 * next(),
      lossPercent: lossy ? 2.4 + 1.3 * next() : 0,
      roundTripMs: 11 + 2 * next(),
      rendition: RENDITION,
      events,
    };
  });
}

/** What the page would sum up of those seconds. */
export function summaryOf(seconds: readonly SecondOfPlay[], inputsPerSecond = 9): SessionSummary {
  const inputs = seconds.length * inputsPerSecond;
  const stage = (name: LatencyStage) => distribution(seconds.flatMap(({ stagesMs }) => stagesMs[name] ?? []));
  return {
    playedMs: seconds.length * 1000,
    measure: 'next-frame',
    latencyMs: distribution(
      seconds.flatMap(({ latencyP50Ms, latencyMaxMs }) =>
        latencyP50Ms === undefined || latencyMaxMs === undefined
          ? []
          : [latencyP50Ms, latencyP50Ms * 0.96, latencyMaxMs],
      ),
    ),
    stagesMs: Object.fromEntries(
      LATENCY_STAGES.flatMap((name) => {
        const split = stage(name);
        return split ? [[name, split]] : [];
      }),
    ),
    launchMs: {
      asking: 8,
      reserved: 64,
      display: 71,
      sound: 72,
      title: 74,
      drawn: 76,
      streaming: 214,
      connecting: 318,
      'first-frame': 437,
    },
    seconds,
    inputs: { sent: inputs, matched: Math.round(inputs * 0.94), unmatched: Math.round(inputs * 0.06) },
  };
}

export function statsOf(
  state: PlayState['is'],
  seconds: readonly SecondOfPlay[],
  measure: 'photon' | 'next-frame' = 'next-frame',
): KilatStats {
  const { latencyMs, stagesMs, inputs, launchMs } = summaryOf(seconds);
  return {
    state,
    sessionId: 's_7k2m9q4vx0c8r5tw1zna',
    title: 'freedoom',
    measure,
    inputs,
    latencyMs,
    stagesMs,
    clock: { uncertaintyMs: 0.4, roundTripMs: 11.6 },
    video: {
      width: 1280,
      height: 720,
      framesPerSecond: 59,
      framesDecoded: 15_204,
      framesDropped: 3,
      keyFrames: 2,
      kbps: 5840,
      bytes: 188_000_000,
      packetsLost: 12,
      plis: 1,
      freezes: 0,
      jitterBufferMs: 0.8,
      decodeMs: 1.4,
      decoder: 'FFmpeg',
      codec: 'H264',
      rendition: RENDITION,
    },
    audio: { kbps: 96, energy: 3.2, jitterBufferMs: 61, packetsLost: 0, concealedSamples: 0 },
    launchMs,
    transport: 'connected',
  };
}

interface FixtureOptions {
  soundBlocked?: boolean;
  pointerLocked?: boolean;
  seconds?: readonly SecondOfPlay[];
  measure?: 'photon' | 'next-frame';
  gamepads?: SessionGamepads;
}

/** A session that stands still in one state. */
export function standingSession(
  state: PlayState,
  {
    soundBlocked = false,
    pointerLocked = true,
    seconds = [],
    measure = 'next-frame',
    gamepads = { playing: [], unknown: [], blocked: undefined },
  }: FixtureOptions = {},
): PlaySession {
  const nothing = () => undefined;
  return {
    state,
    soundBlocked,
    pointerLocked,
    gamepads,
    subscribe: () => nothing,
    mount: nothing,
    startSound: nothing,
    setVolume: nothing,
    setMaxBitrateKbps: nothing,
    setInputEnabled: nothing,
    stillHere: nothing,
    leave: nothing,
    stats: () => statsOf(state.is, seconds, measure),
    recentSeconds: () => seconds.slice(-30),
  };
}
