import type { Rendition } from '@kilat/shared/media/rendition';
/** Between a figure and its unit: no break. */
const GAP = '\u00a0';

/** In place of a figure that was not measured. */
const NOTHING = '–';

/** Milliseconds without the unit: one decimal below 100, none above, a dash where nothing was measured. */
export function msFigure(ms: number | undefined): string {
  if (ms === undefined || !Number.isFinite(ms)) return NOTHING;
  return ms < 99.95 ? ms.toFixed(1) : ms.toFixed(0);
}

/** `15.4 ms`; a dash alone where nothing was measured. */
export const inMs = (ms: number | undefined): string => {
  const figure = msFigure(ms);
  return figure === NOTHING ? NOTHING : `${figure}${GAP}ms`;
};

/** A short wait: `0.4 s`, `12.0 s`. */
export const inSeconds = (ms: number): string => `${(Math.max(0, ms) / 1000).toFixed(1)}${GAP}s`;

/** Whole seconds left until a point in time, never below 0. */
export const secondsUntil = (thenMs: number, nowMs: number): number => Math.max(0, Math.ceil((thenMs - nowMs) / 1000));

/** `6.2 Mb/s`, or `420 kb/s` below one megabit. */
export const asRate = (kbps: number): string =>
  kbps >= 1000 ? `${(kbps / 1000).toFixed(1)}${GAP}Mb/s` : `${kbps.toFixed(0)}${GAP}kb/s`;

/** `0 %`, `0.4 %`, `12 %`. */
export const inPercent = (percent: number): string =>
  `${percent === 0 || percent >= 10 ? percent.toFixed(0) : percent.toFixed(1)}${GAP}%`;

/** A stretch of play: `45 s`, `12 min 30 s`, `1 h 4 min`. */
export function asPlayed(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds}${GAP}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes}${GAP}min` : `${minutes}${GAP}min ${seconds % 60}${GAP}s`;
  return minutes % 60 === 0 ? `${minutes / 60}${GAP}h` : `${Math.floor(minutes / 60)}${GAP}h ${minutes % 60}${GAP}min`;
}

/** A point on the timeline: `0:07`, `12:30`. */
export function asClock(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Lines and frame rate that the edge encodes at, and the bitrate it may use: "720p60, ≤ 8.0 Mb/s". */
export function asRendition(rendition: Rendition | undefined): string {
  if (rendition === undefined) return '–';
  return `${rendition.height}p${rendition.framesPerSecond.toFixed(0)}, ≤\u00a0${asRate(rendition.bitrateKbps)}`;
}
