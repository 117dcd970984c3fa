import type { EndReason, StageName } from '@kilat/shared/session/life';
import type { Rendition } from '@kilat/shared/media/rendition';
import type { LoadedTitle } from '@kilat/titles/load';
import type { CaptureCause } from '../capture/screen-capture.ts';
import type { DisplayAddress } from '../capture/x-connection.ts';
import type { VideoCodec } from '../encode/video-codec.ts';
import type { EncoderKind } from '../encode/video-encoder.ts';
import type { GpuDriver } from '../display/gpu-display.ts';
import type { TitleAddition } from './title-addition.ts';
import type { SandboxChoice } from '../sandbox/sandbox.ts';

/** Everything a session process is told at its start. */
export interface ContainerSpec {
  title: LoadedTitle;
  /** Scratch folder of this container; the agent removes it. */
  folder: string;
  /** Environment entry that marks every process of this container. */
  mark: Record<string, string>;
  bitrateKbps: number;
  /** Encoders to try, in this order. */
  encoders: EncoderKind[];
  /** The GPU to put the display on; none: the processor draws. */
  gpu?: GpuDriver;
  sandbox: SandboxChoice;
  /** Start the title now, or wait for `run`. */
  startTitle: boolean;
  titleAddition: TitleAddition;
}

/** Where the container's RTP goes: a PlainTransport of the agent's worker on loopback. */
export interface RtpDestination {
  port: number;
  videoSsrc: number;
  audioSsrc: number;
}

/** What the picture is to be encoded in, by which of these encoders in this order, and the RTP stream it goes out in. */
export interface CodecOrder {
  codec: VideoCodec;
  encoders: EncoderKind[];
  ssrc: number;
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
  /** H.264 unless told otherwise: the page that comes now decodes another. */
  | { type: 'codec'; order: CodecOrder }
  /** Somebody watches, or nobody does. */
  | { type: 'viewer'; present: boolean }
  /** An input was handed to the X server just now. */
  | { type: 'input' }
  | { type: 'key-frame' }
  /** What to encode at; `holdUntilMs`: no frame before then, monotonic ms. */
  | { type: 'rendition'; rendition: Rendition; holdUntilMs?: number | undefined }
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

/** How often a session process says that it and its X server are alive, ms. */
export const HEARTBEAT_MS = 1_500;

/** Why a container ends itself. */
export type ContainerEnd = Extract<
  EndReason,
  'title-exited' | 'title-crashed' | 'start-failed' | 'session-crashed' | 'display-lost' | 'encoder-lost'
>;

/** Session process → agent. */
export type FromContainer =
  | { type: 'display'; address: DisplayAddress }
  | { type: 'stage'; stage: StageName; atMs: number }
  /** Everything asked for at the start is there, except the title's picture. */
  | { type: 'prepared' }
  | { type: 'frame'; frame: SentFrame }
  /** Every `HEARTBEAT_MS`: nothing hangs. */
  | { type: 'alive' }
  /** Who encodes from now on; `gaveWay`: whom it replaces in mid-session, and why. */
  | { type: 'encoder'; kind: EncoderKind; gaveWay?: { kind: EncoderKind; why: string } }
  /**
   * None of a codec's encoders opens, and the one before goes on; or its last broke, and nothing is sent. The page that
   * waits for it needs another codec.
   */
  | { type: 'codec-failed'; codec: VideoCodec; why: string }
  | { type: 'degraded'; part: 'sound'; detail: string }
  /** Something of the title's network that the operator should know, in plain words. */
  | { type: 'network'; words: string }
  /** The container ends itself. */
  | { type: 'failed'; reason: ContainerEnd; detail: string };
