import type { FrameFigures } from './frame-window.ts';

/** A running session's frames, now and before the last session was let in. */
export interface WatchedSession {
  name: string;
  framesPerSecondAsked: number;
  figures: FrameFigures;
  /** Undefined once that is too long ago to be the other's doing. */
  framesPerSecondBefore: number | undefined;
}

const MOST_LATE_SHARE = 0.15;
const MOST_DROPPED_SHARE = 0.2;
/** Of the frame interval; beyond it the encoder cannot keep the rate. */
const MOST_ENCODE_SHARE = 0.9;
const LEAST_OF_FORMER_RATE = 0.75;
/** Below this a still game is not told from a slow one. */
const LEAST_RATE = 8;

/** Why a session does not run as it should; undefined when it does. */
export function sufferingOf({
  name,
  framesPerSecondAsked,
  figures,
  framesPerSecondBefore,
}: WatchedSession): string | undefined {
  const { framesPerSecond, encodeMs, lateShare, droppedShare } = figures;
  if (framesPerSecond < LEAST_RATE && (framesPerSecondBefore ?? 0) < LEAST_RATE) return undefined;
  const intervalMs = 1000 / framesPerSecondAsked;
  if (encodeMs !== undefined && encodeMs.p95 > MOST_ENCODE_SHARE * intervalMs)
    return `${name} is encoded too slowly: ${encodeMs.p95.toFixed(1)} ms of ${intervalMs.toFixed(1)} ms a frame`;
  if (lateShare > MOST_LATE_SHARE) return `${percent(lateShare)} of the frames of ${name} come late`;
  if (droppedShare > MOST_DROPPED_SHARE) return `${percent(droppedShare)} of the frames of ${name} are passed over`;
  if (framesPerSecondBefore !== undefined && framesPerSecond < LEAST_OF_FORMER_RATE * framesPerSecondBefore)
    return `${name} fell from ${framesPerSecondBefore.toFixed(0)} to ${framesPerSecond.toFixed(0)} frames a second`;
  return undefined;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const CLOSE_AFTER_LOOKS = 2;
const OPEN_AFTER_LOOKS = 5;

/** Admission's door with hysteresis: closes when a session suffers in two looks running, opens after five good ones. */
export class AdmissionDoor {
  #bad = 0;
  #good = 0;
  #closedBecause: string | undefined;

  /** Why nobody is let in; undefined while the door is open. */
  get closedBecause(): string | undefined {
    return this.#closedBecause;
  }

  /** One look at all running sessions: why one of them suffers, if any does. */
  look(suffering: string | undefined): void {
    this.#bad = suffering === undefined ? 0 : this.#bad + 1;
    this.#good = suffering === undefined ? this.#good + 1 : 0;
    if (this.#bad >= CLOSE_AFTER_LOOKS) this.#closedBecause = suffering;
    if (this.#good >= OPEN_AFTER_LOOKS) this.#closedBecause = undefined;
  }
}
