import type { Result } from '../report/result.ts';
import type { Progress } from './progress.ts';

/** What every measurement works on: the result it fills, and the way to stop it. */
export interface Run {
  readonly result: Result;
  readonly progress: Progress;
  /** Aborted when the run is to end early; what is measured by then is kept. */
  readonly signal: AbortSignal;
  sinceStartMs(): number;
}
