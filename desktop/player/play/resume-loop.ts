import type { LaunchReply, Refusal, SessionOffer } from '@kilat/shared/launch/messages';
import { RESUME_SHOWS_WITHIN_MS, resumeVerdict, resumeWaitMs } from '../launch/resume-policy.ts';

/** What the loop asks of its session. */
export interface ResumeSteps {
  /** The session needs no picture any more. */
  over(): boolean;
  /** How long to try, ms. */
  budgetMs(): number;
  /** Attempt number `attempt` (from 1) begins. */
  attempting(attempt: number): void;
  /** Asks the Indexer; undefined when it does not answer. */
  ask(): Promise<LaunchReply | undefined>;
  connect(offer: SessionOffer): void;
  /** Nothing is left to come back to; `detail` as the Indexer worded it. */
  gone(detail: string | undefined): void;
  /** This page cannot have it, nor any other: it is too old for the Indexer. */
  refused(why: Refusal): void;
  /** The budget is spent; `heard`: the Indexer answered in that time, so that it was not the player's own network. */
  gaveUp(heard: boolean): void;
}

/** The only owner of coming back to a session: tries until a picture is shown, the session is over, or the edge has given it up. */
export class ResumeLoop {
  readonly #steps: ResumeSteps;
  readonly #random: () => number;
  #settle: ((shown: boolean) => void) | undefined;
  #heard = false;

  constructor(steps: ResumeSteps, random: () => number = Math.random) {
    this.#steps = steps;
    this.#random = random;
  }

  /** The connection broke; begins to come back, or ends the attempt under way. */
  broken(): void {
    if (this.#settle === undefined) void this.#run();
    else this.#settle(false);
  }

  /** The connection shows a picture. */
  shown(): void {
    this.#settle?.(true);
  }

  async #run(): Promise<void> {
    const startedMs = performance.now();
    this.#heard = false;
    for (let attempt = 1; performance.now() - startedMs < this.#steps.budgetMs() && !this.#steps.over(); attempt++) {
      if (await this.#attempt(attempt)) {
        this.#settle = undefined;
        return;
      }
    }
    this.#settle = undefined;
    if (!this.#steps.over()) this.#steps.gaveUp(this.#heard);
  }

  /** True once a picture is shown or none is needed. */
  async #attempt(attempt: number): Promise<boolean> {
    const settled = new Promise<boolean>((resolve) => {
      this.#settle = resolve;
    });
    this.#steps.attempting(attempt);
    await wait(resumeWaitMs(attempt, this.#random()));
    if (this.#steps.over()) return true;
    const reply = await this.#steps.ask();
    if (this.#steps.over()) return true;
    if (reply === undefined) return false;
    this.#heard = true;
    if (!reply.ok) {
      const verdict = resumeVerdict(reply);
      if (verdict === 'impossible') this.#steps.refused(reply);
      if (verdict === 'gone') this.#steps.gone(reply.detail);
      return verdict !== 'again';
    }
    this.#steps.connect(reply);
    return Promise.race([settled, wait(RESUME_SHOWS_WITHIN_MS).then(() => false)]);
  }
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
