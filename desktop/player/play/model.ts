import type { EndReason, StageName, Warmth } from '@kilat/shared/session/life';
import type { Refusal } from '@kilat/shared/launch/messages';
import type { Distribution } from '@kilat/shared/latency/quantiles';
import type { LatencyStage } from '@kilat/shared/latency/stages';
import type { Rendition } from '@kilat/shared/media/rendition';
import type { DisplaySpec } from '@kilat/shared/title/manifest';
import type { GamepadFacts } from '../input/gamepad-input.ts';

// Every point in time here (`…AtMs`, `…UntilMs`) is on the page's own clock, `performance.now()`.

/** What the player of a session is doing now; one discriminated union, changed only by `play-session.ts`. */
export type PlayState =
  /** From the click to the first shown frame. `stage`: what is being waited for. `returning`: to a session begun before. */
  | { is: 'starting'; stage: LaunchStage; startedAtMs: number; title: TitleFacts | undefined; returning: boolean }
  | { is: 'playing'; title: TitleFacts; idleEndsAtMs: number | undefined; soundLost: boolean }
  /** The media broke; the session is held on the edge and is being resumed. */
  | { is: 'reconnecting'; title: TitleFacts; attempt: number; heldUntilMs: number | undefined }
  /** Never began. `unsupported`: this browser lacks what is needed. `unreachable`: the Indexer did not answer. */
  | { is: 'refused'; why: Refusal | { reason: 'unsupported'; missing: 'webrtc' | 'h264' } | { reason: 'unreachable' } }
  | {
      is: 'ended';
      title: TitleFacts | undefined;
      reason: EndReason;
      detail: string | undefined;
      summary: SessionSummary;
    };

export type LaunchStage = 'asking' | StageName | 'connecting' | 'first-frame';

/** What of an offer the pages show. */
export interface TitleFacts {
  id: string;
  name: string;
  probe: boolean;
  display: DisplaySpec;
  mouse: 'relative' | 'absolute' | 'none';
  region: string;
  warmth: Warmth;
}

/** One second of play, for the overlay's strip and the summary's timeline. Ms; `undefined` where nothing was measured. */
export interface SecondOfPlay {
  atMs: number;
  latencyP50Ms: number | undefined;
  latencyMaxMs: number | undefined;
  stagesMs: Partial<Record<LatencyStage, number>>;
  framesPerSecond: number;
  videoKbps: number;
  lossPercent: number;
  roundTripMs: number | undefined;
  /** In force at its end, as the edge told; undefined before it has. */
  rendition: Rendition | undefined;
  /** What happened in that second, in the order it did. */
  events: ('freeze' | 'reconnected' | 'reloaded' | 'loss')[];
}

export interface SessionSummary {
  playedMs: number;
  measure: 'photon' | 'next-frame';
  latencyMs: Distribution | undefined;
  stagesMs: Partial<Record<LatencyStage, Distribution>>;
  launchMs: Partial<Record<LaunchStage, number>>;
  seconds: readonly SecondOfPlay[];
  inputs: { sent: number; matched: number; unmatched: number };
}

/** `window.kilat.stats()`: the live figures as one JSON object. Documented in docs/protocol.md. */
export interface KilatStats {
  state: PlayState['is'];
  sessionId: string | undefined;
  title: string | undefined;
  measure: 'photon' | 'next-frame';
  inputs: { sent: number; matched: number; unmatched: number };
  /** Over all matched inputs of the last 30 s. */
  latencyMs: Distribution | undefined;
  stagesMs: Partial<Record<LatencyStage, Distribution>>;
  clock: { uncertaintyMs: number; roundTripMs: number } | undefined;
  video: {
    width: number;
    height: number;
    framesPerSecond: number;
    framesDecoded: number;
    framesDropped: number;
    keyFrames: number;
    kbps: number;
    bytes: number;
    packetsLost: number;
    plis: number;
    freezes: number;
    jitterBufferMs: number | undefined;
    decodeMs: number | undefined;
    decoder: string | undefined;
    /** `H264` or `AV1`; undefined before anything has come. */
    codec: string | undefined;
    /** What the edge encodes at; undefined before it has told. */
    rendition: Rendition | undefined;
  };
  audio: {
    kbps: number;
    energy: number;
    jitterBufferMs: number | undefined;
    packetsLost: number;
    concealedSamples: number;
  };
  /** Ms from the click (or the page's navigation to /play) to each stage. */
  launchMs: Partial<Record<LaunchStage, number>>;
  transport: string;
}

/** The player's gamepads. `blocked`: why the game gets none of them: it takes none, or its machine could not plug one in. */
export interface SessionGamepads extends GamepadFacts {
  blocked: 'title' | 'machine' | undefined;
}

/** One session from the click to its end. Framework-free: React only subscribes. */
export interface PlaySession {
  readonly state: PlayState;
  /** Calls back after each change of `state`; returns the way to stop. */
  subscribe(onChange: () => void): () => void;
  /** Shows picture and sound in this element and takes input from `surface`. Call once, as early as possible. */
  mount(video: HTMLVideoElement, surface: HTMLElement): void;
  /** True while the browser's autoplay rule keeps the sound off; one tap calls `startSound()`. */
  readonly soundBlocked: boolean;
  startSound(): void;
  setVolume(volume: number): void;
  setMaxBitrateKbps(kbps: number): void;
  /** While a menu is open: held inputs are released and none are sent. */
  setInputEnabled(enabled: boolean): void;
  readonly pointerLocked: boolean;
  readonly gamepads: SessionGamepads;
  stillHere(): void;
  leave(): void;
  stats(): KilatStats;
  /** The last 30 s by second, for the overlay. */
  recentSeconds(): readonly SecondOfPlay[];
}

export interface PlayOptions {
  /** Physical keys (`KeyboardEvent.code`) that stay with the page: never sent to the title, never prevented. */
  reservedKeys?: ReadonlySet<string>;
}

/** Starts (or, where this tab still holds one for the title, resumes) a session at once. */
export type StartPlaying = (titleId: string, options?: PlayOptions) => PlaySession;
