/** A program that dies more often than this within `WINDOW_MS` is left dead. */
const MOST_RESTARTS = 5;
const WINDOW_MS = 60_000;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 8_000;

/**
 * How long to wait before a program is started again, ms, doubling with each recent death; undefined when it died too
 * often.
 * @param {readonly number[]} deathsMs times of its deaths on any clock, the latest last
 * @returns {number | undefined}
 */
export function restartDelayMs(deathsMs) {
  const latest = deathsMs.at(-1) ?? 0;
  const recent = deathsMs.filter((death) => death > latest - WINDOW_MS).length;
  if (recent > MOST_RESTARTS) return undefined;
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, recent - 1));
}
