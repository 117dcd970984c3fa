/** How long the page tries to get a session back, ms: as long as the edge holds it. */
export const RESUME_BUDGET_MS = 60_000;
/** A resume that shows nothing by then is followed by the next, ms. */
export const RESUME_SHOWS_WITHIN_MS = 10_000;

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 4_000;
const JITTER = 0.25;

/** Wait before attempt number `attempt` (from 1), ms: none before the first, then doubling. `random`: 0…1. */
export function resumeWaitMs(attempt: number, random: number): number {
  if (attempt <= 1) return 0;
  const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 2));
  return waitMs * (1 - JITTER + 2 * JITTER * random);
}
