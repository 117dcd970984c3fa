import type { LinkStep, NetworkProfile } from '@kilat/shared/network/profile';
import type { CurvePlot } from '../report/plots.ts';
import type { NetworkRecord } from './network-record.ts';
import { allPaths } from './profiles.ts';

/** The link is drawn at this pitch, ms. */
const PITCH_MS = 500;

/** Two plots for each path: how late each frame was and the bottleneck's queue; and the bitrate under the link's capacity. */
export function networkPlots(records: readonly NetworkRecord[]): CurvePlot[] {
  const profiles = new Map(allPaths().map(({ profile }) => [profile.name, profile]));
  return records.flatMap((record) => [delays(record), bitrates(record, profiles.get(record.profile))]);
}

function delays({ profile, about, frames, relay, untilMs }: NetworkRecord): CurvePlot {
  const least = Math.min(...frames.map(({ delayMs }) => delayMs));
  const points = [
    ...frames.map(({ atMs, delayMs }) => ({ atMs, delay: delayMs - least, queue: null })),
    ...peaks(relay.down).map(({ atMs, queueMs }) => ({ atMs, delay: null, queue: queueMs })),
  ]
    .filter(({ atMs }) => atMs <= untilMs)
    .sort((a, b) => a.atMs - b.atMs);
  return {
    title: `${profile}: how late each frame was shown`,
    note: `${about}. From its capture, above the quickest frame; and the longest queue of the bottleneck in each half second.`,
    xLabel: 'seconds since the path began',
    yLabel: 'ms',
    kind: 'points',
    names: ['frame', 'queue'],
    columns: [
      points.map(({ atMs }) => atMs / 1000),
      points.map(({ delay }) => delay),
      points.map(({ queue }) => queue),
    ],
  };
}

/** The sample with the longest queue in each pitch. */
function peaks(samples: NetworkRecord['relay']['down']): NetworkRecord['relay']['down'] {
  const longest = new Map<number, (typeof samples)[number]>();
  for (const sample of samples) {
    const place = Math.floor(sample.atMs / PITCH_MS);
    if (sample.queueMs >= (longest.get(place)?.queueMs ?? 0)) longest.set(place, sample);
  }
  return [...longest.values()];
}

function bitrates({ profile, renditions, relay, untilMs }: NetworkRecord, path: NetworkProfile | undefined): CurvePlot {
  const places = Array.from({ length: Math.ceil(untilMs / PITCH_MS) }, (_, place) => place * PITCH_MS);
  const bytesAt = (atMs: number) => relay.down.findLast((sample) => sample.atMs <= atMs)?.bytes ?? 0;
  const asked = places.map((atMs) => renditions.findLast((sample) => sample.atMs <= atMs)?.bitrateKbps);
  const mbps = (kbps: number | undefined) => (kbps === undefined ? null : kbps / 1000);
  return {
    title: `${profile}: bitrate`,
    note: 'What the encoder is asked for, what left the bottleneck with all headers and retransmissions, and what it could have let through.',
    xLabel: 'seconds since the path began',
    yLabel: 'Mb/s',
    kind: 'lines',
    names: ['asked for', 'delivered', 'capacity'],
    columns: [
      places.map((atMs) => atMs / 1000),
      asked.map(mbps),
      places.map((atMs) => ((bytesAt(atMs + PITCH_MS) - bytesAt(atMs)) * 8) / PITCH_MS / 1000),
      places.map((atMs) => mbps(path === undefined ? undefined : stepAt(path, atMs)?.kbps)),
    ],
  };
}

function stepAt({ down: { steps, repeatMs } }: NetworkProfile, atMs: number): LinkStep | undefined {
  const inRoundMs = repeatMs === undefined ? atMs : atMs % repeatMs;
  return steps.findLast(({ fromMs }) => fromMs <= inRoundMs);
}
