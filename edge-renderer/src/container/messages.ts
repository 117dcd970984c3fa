import type { EndReason, StageName } from '@kilat/shared/session/life';
import type { LoadedTitle } from '@kilat/titles/load';
import type { CaptureCause } from '../capture/screen-capture.ts';
import type { DisplayAddress } from '../capture/x-connection.ts';

/** Everything a session process is told at its start. */
export interface ContainerSpec {
  title: LoadedTitle;
  /** Scratch folder of this container; the agent removes it. */
  folder: string;
  /** Environment entry that marks every process of this container. */
  mark: Record<string, string>;
  bitrateKbps: number;
  /** Start the title now, or wait for `run`. */
  startTitle: boolean;
}

/** Where the container's RTP goes: a PlainTransport of the agent's worker on loopback. */
export interface RtpDestination {
  port: number;
  videoSsrc: number;
  audioSsrc: number;
}

/** Agent → session process. */
export type ToContainer =
  | { type: 'prepare'; spec: ContainerSpec }
  /** Start the title, or wake it. */
  | { type: 'run' }
  /** End the title, so that `run` starts it anew: it was started for nobody, and its player has saves. */
  | { type: 'stop-title' }
  /** Stop the title's processes until `run` (warm slot). */
  | { type: 'freeze' }
  /** Send RTP there from now on (again after the media worker was lost). */
  | { type: 'stream'; to: RtpDestination }
  /** Somebody watches, or nobody does. */
  | { type: 'viewer'; present: boolean }
  /** An input was handed to the X server just now. */
  | { type: 'input' }
  | { type: 'key-frame' }
  | { type: 'bitrate'; kbps: number }
  | { type: 'close' };

/** One frame that was sent. Times on the monotonic clock, ms. */
export interface SentFrame {
  cause: CaptureCause;
  rtpTimestamp: number;
  damagedMs: number;
  capturedMs: number;
  convertedMs: number;
  encodedMs: number;
  sentMs: number;
  bytes: number;
  keyFrame: boolean;
}

/** Session process → agent. */
export type FromContainer =
  | { type: 'display'; address: DisplayAddress }
  | { type: 'stage'; stage: StageName; atMs: number }
  /** Everything asked for at the start is there, except the title's picture. */
  | { type: 'prepared' }
  | { type: 'frame'; frame: SentFrame }
  | { type: 'degraded'; part: 'sound'; detail: string }
  /** The container ends itself. */
  | {
      type: 'failed';
      reason: Extract<EndReason, 'title-exited' | 'title-crashed' | 'start-failed' | 'display-lost'>;
      detail: string;
    };
