import { readdirSync, readFileSync } from 'node:fs';
import { type LinkStep, NetworkProfile } from '@kilat/shared/network/profile';

/** A path on which something is to be reached; `changeAtMs`: when it becomes worse, for those that do. */
export interface MeasuredPath {
  profile: NetworkProfile;
  seconds: number;
  changeAtMs?: number;
}

const RTT_MS = 40;
const bothWays = { delayMs: RTT_MS / 2 };
/** The player's way out is wide enough everywhere but on the traces. */
const up = (step: Omit<LinkStep, 'fromMs'> = {}) => ({ steps: [{ fromMs: 0, ...bothWays, ...step }] });
const constant = (name: string, about: string, step: Omit<LinkStep, 'fromMs'>, upStep = {}): NetworkProfile => ({
  name,
  about,
  seed: 20_261,
  down: { steps: [{ fromMs: 0, ...bothWays, ...step }] },
  up: up(upStep),
});

/** When the capacity halves: long enough after the launch for the bitrate to have settled. */
const HALVED_AT_MS = 15_000;

const oneInHundred = { kind: 'random', percent: 1 } as const;
const inBursts = { kind: 'bursts', percent: 5, meanBurstPackets: 8 } as const;

export const CONSTANT_PATHS: readonly MeasuredPath[] = [
  {
    profile: constant('clean-40', '40 ms round trip, 20 Mb/s, no loss', { kbps: 20_000, queueMs: 100 }),
    seconds: 30,
  },
  {
    profile: constant(
      'loss-1',
      '1 % random loss each way, 40 ms round trip, 20 Mb/s',
      { kbps: 20_000, queueMs: 100, loss: oneInHundred },
      { loss: oneInHundred },
    ),
    seconds: 300,
  },
  {
    profile: {
      ...constant('halved', '8 Mb/s that become 4 at once, 40 ms round trip, a queue of 100 ms', {}),
      down: {
        steps: [
          { fromMs: 0, ...bothWays, kbps: 8_000, queueMs: 100 },
          { fromMs: HALVED_AT_MS, ...bothWays, kbps: 4_000, queueMs: 100 },
        ],
      },
    },
    seconds: 30,
    changeAtMs: HALVED_AT_MS,
  },
  {
    profile: constant(
      'bursts-5',
      '5 % loss in bursts of 8 packets each way, 40 ms round trip, 4 Mb/s',
      { kbps: 4_000, queueMs: 100, loss: inBursts },
      { loss: inBursts },
    ),
    seconds: 60,
  },
];

/** Recorded-style traces: capacity, loss and delay over time. */
export function tracePaths(): MeasuredPath[] {
  const folder = new URL('traces/', import.meta.url);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const profile = NetworkProfile.parse(JSON.parse(readFileSync(new URL(file, folder), 'utf8')));
      return { profile, seconds: Math.round((profile.down.repeatMs ?? 60_000) / 1000) };
    });
}

export const allPaths = (): MeasuredPath[] => [...CONSTANT_PATHS, ...tracePaths()];
