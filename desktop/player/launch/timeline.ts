import type { LaunchStage, SessionSummary } from '../play/model.ts';

/** When each stage of a launch was reached, ms since the click; the first time counts. */
export class LaunchTimeline {
  readonly #originMs: number;
  readonly #reached: Partial<Record<LaunchStage, number>> = {};

  constructor(originMs: number) {
    this.#originMs = originMs;
  }

  reach(stage: LaunchStage, nowMs: number): void {
    this.#reached[stage] ??= Math.round((nowMs - this.#originMs) * 10) / 10;
  }

  get launchMs(): SessionSummary['launchMs'] {
    return { ...this.#reached };
  }
}
