import type { Rendition } from '@kilat/shared/media/rendition';
import type { Arrived, InFlight } from './arrivals.ts';
import type { LadderState } from './ladder.ts';
import type { LinkState } from './link-state.ts';

/** What is new since the last call. */
export interface PathReport {
  arrived: readonly Arrived[];
  inFlight: InFlight;
  /** What was sent over the last half second. */
  sentKbps: number;
  /** Over the last two seconds, before retransmission. */
  lossPercent: number;
  /** The media worker's estimate of the path, where it has one. */
  bandwidthKbps: number | undefined;
  /** Most that player and operator want. */
  ceilingKbps: number;
}

/** The link was found full and has not been found empty since. */
export interface FullLink {
  /** Bitrate when that began, and when it was last found so. */
  kbpsBefore: number;
  fromKbps: number;
  /** Frames sent until then are of the time before the bitrate fell; those sent until it has emptied may still wait. */
  foundMs: number;
  settledMs: number;
  /** Times found full, each after a pause. */
  inARow: number;
  /** Share of the bitrate before that stays at least. */
  leastShare: number;
  /** Its queue was long enough to have overflowed. */
  deep: boolean;
  /** What overflowed has been made to give way. */
  refreshed: boolean;
  /** Its capacity was measured for long enough: what overflows afterwards must not pass for more of it. */
  measured: boolean;
}

export interface RenditionState {
  link: LinkState;
  /** What the link is thought to carry without a queue; where it loses much less of it is used. */
  kbps: number;
  /** The bitrate for what is really sent: an encoder gives less where a busy machine captures fewer frames. */
  perSent: number;
  /** The bitrate for what the link let through when it was last full. */
  capacityKbps: number | undefined;
  full: FullLink | undefined;
  /** When the link was last found full. */
  fullAtMs: number;
  /** When it was last found empty after a deep queue, and when that was after an outage. */
  emptiedAtMs: number;
  outageAtMs: number;
  changedAtMs: number;
  /** Loss while the link was not full, percent. */
  calmLossPercent: number;
  /** The same over some seconds. */
  usualLossPercent: number;
  /** From sending a frame to the report of it, usually; undefined before the first. */
  answerMs: number | undefined;
  /** The bitrate before frames went unanswered; undefined while they are answered. */
  silentFromKbps: number | undefined;
  ladder: LadderState;
}

export interface NextRendition {
  state: RenditionState;
  rendition: Rendition;
  /** No frame is to be sent before this time, edge's clock: the queue of the bottleneck empties until then. */
  holdUntilMs: number | undefined;
  /** What overflowed makes way for a key frame after the pause; where one did not end it, nothing is to be sent again either. */
  overflow: 'key-frame' | 'forget' | undefined;
}

export type Adapted = Pick<NextRendition, 'state' | 'holdUntilMs'>;
