import { LATENCY_STAGES } from '@kilat/shared/latency/stages';
import type { KilatStats } from '../../play/model.ts';
import { asRate, asRendition, inMs, inPercent } from '../figures.ts';
import { latencyStageWords, measureWords } from '../words/stages.ts';

/** A figure of the overlay, and the same for the copied text. */
export interface Figure {
  name: string;
  value: string;
}

/** Loss over the last seconds, percent. */
export function recentLoss(seconds: readonly { lossPercent: number }[]): number {
  const recent = seconds.slice(-5);
  return recent.length === 0 ? 0 : recent.reduce((sum, { lossPercent }) => sum + lossPercent, 0) / recent.length;
}

/** The figures below the strip, in order. */
export function connectionFigures({ video, clock }: KilatStats, lossPercent: number): Figure[] {
  return [
    { name: 'Frames', value: `${video.framesPerSecond.toFixed(0)}\u00a0fps` },
    { name: 'Bitrate', value: asRate(video.kbps) },
    { name: 'Loss', value: inPercent(lossPercent) },
    { name: 'Round trip', value: inMs(clock?.roundTripMs) },
    { name: 'Jitter buffer', value: inMs(video.jitterBufferMs) },
    { name: 'Decode', value: inMs(video.decodeMs) },
    { name: 'Clocks', value: clock === undefined ? '–' : `±\u00a0${inMs(clock.uncertaintyMs)}` },
    { name: 'Freezes', value: String(video.freezes) },
    { name: 'Encoded at', value: asRendition(video.rendition) },
    { name: 'Codec', value: video.codec?.replace('H264', 'H.264') ?? '–' },
  ];
}

/** Everything the overlay shows, as plain text for a message or a bug report. */
export function overlayText(stats: KilatStats, lossPercent: number, when: Date): string {
  const { latencyMs, stagesMs, inputs, video } = stats;
  const lines = [
    `Kilat, ${stats.title ?? 'no title'}, ${when.toISOString()}`,
    latencyMs === undefined
      ? `${measureWords(stats.measure)}: no input in the last 30 s`
      : `${measureWords(stats.measure)}: ${inMs(latencyMs.p50)} median, ${inMs(latencyMs.p95)} p95, ${inMs(latencyMs.p99)} p99, ${inMs(latencyMs.max)} worst (${latencyMs.n} inputs in 30 s)`,
    ...LATENCY_STAGES.flatMap((stage) => {
      const split = stagesMs[stage];
      return split === undefined ? [] : [`  ${latencyStageWords(stage)}: ${inMs(split.p50)}, p95 ${inMs(split.p95)}`];
    }),
    ...connectionFigures(stats, lossPercent).map(({ name, value }) => `${name}: ${value}`),
    `Picture: ${video.width}×${video.height}${video.decoder === undefined ? '' : `, decoder ${video.decoder}`}`,
    `Inputs: ${inputs.sent} sent, ${inputs.matched} matched, ${inputs.unmatched} without a frame`,
    `Session: ${stats.sessionId ?? '–'}`,
  ];
  return lines.join('\n').replaceAll('\u00a0', ' ');
}
