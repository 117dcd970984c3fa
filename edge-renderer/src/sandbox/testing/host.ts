import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** Processes of the whole machine whose command line contains a word; zombies have none. */
export function processesWith(word: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Looks again and again until something is as wanted; throws with the last look after `withinMs`. */
export async function eventually<Found>(look: () => Found, wanted: (found: Found) => boolean, withinMs = 10_000) {
  const until = performance.now() + withinMs;
  for (;;) {
    const found = look();
    if (wanted(found)) return found;
    if (performance.now() > until) throw new Error(`still ${JSON.stringify(found, null, 1)} after ${withinMs} ms`);
    await setTimeout(20);
  }
}
