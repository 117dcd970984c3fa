import { setTimeout } from 'node:timers/promises';

const POLL_MS = 50;

/** Asks until the answer is neither undefined nor false, and gives it back; throws `what` with the last answer after `withinMs`. */
export async function until<Answer>(
  what: string,
  ask: () => Answer | undefined | false | Promise<Answer | undefined | false>,
  withinMs = 20_000,
): Promise<Answer> {
  const giveUpAt = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > giveUpAt) throw new Error(`${what}: not within ${withinMs / 1000} s`);
    await setTimeout(POLL_MS);
  }
}
