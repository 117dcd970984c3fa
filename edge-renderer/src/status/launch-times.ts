import type { SessionId } from '@kilat/shared/ids';
import type { SessionEvent, StageName, Warmth } from '@kilat/shared/session/life';
import { monotonicMs } from '../monotonic.ts';

/** Where a launch may stop the clock: the edge's stages, the page's connection, and the first frame sent to it. */
export const LAUNCH_STAGES = ['reserved', 'display', 'sound', 'title', 'drawn', 'playing', 'first-frame'] as const;
export type LaunchStage = (typeof LAUNCH_STAGES)[number];

const STAGE: Record<StageName, LaunchStage> = {
  reserved: 'reserved',
  display: 'display',
  sound: 'sound',
  title: 'title',
  drawn: 'drawn',
  streaming: 'first-frame',
};

interface Launch {
  requestedMs: number;
  warmth: Warmth;
}

/** A page that never connects ends its launch by then, ms. */
const LONGEST_MS = 30_000;

/** Times each launch from the request's arrival at the edge, and knows whether one is under way. */
export class LaunchTimes {
  readonly #onStage: (stage: LaunchStage, warmth: Warmth, sinceRequestMs: number) => void;
  readonly #onSettled: () => void;
  readonly #launches = new Map<SessionId, Launch>();

  constructor(onStage: (stage: LaunchStage, warmth: Warmth, sinceRequestMs: number) => void, onSettled: () => void) {
    this.#onStage = onStage;
    this.#onSettled = onSettled;
  }

  /** A launch between its request and its first frame competes for the processor. */
  get isOneUnderWay(): boolean {
    const oldest = monotonicMs() - LONGEST_MS;
    return [...this.#launches.values()].some(({ requestedMs }) => requestedMs > oldest);
  }

  requested(sessionId: SessionId): void {
    this.#launches.set(sessionId, { requestedMs: monotonicMs(), warmth: 'cold' });
  }

  happened(sessionId: SessionId, event: SessionEvent): void {
    const launch = this.#launches.get(sessionId);
    if (launch === undefined) return;
    if (event.type === 'reserved') launch.warmth = event.warmth;
    const stage = event.type === 'stage' ? STAGE[event.stage] : stageOf(event);
    if (stage !== undefined) this.#onStage(stage, launch.warmth, monotonicMs() - launch.requestedMs);
    if (stage === 'first-frame' || event.type === 'ended') this.settle(sessionId);
  }

  /** The launch is over: its first frame went out, or it was refused. */
  settle(sessionId: SessionId): void {
    if (this.#launches.delete(sessionId)) this.#onSettled();
  }
}

const stageOf = ({ type }: SessionEvent): LaunchStage | undefined =>
  type === 'reserved' || type === 'playing' ? type : undefined;
