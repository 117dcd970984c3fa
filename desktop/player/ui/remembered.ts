import { z } from 'zod';

/** What this browser keeps between visits, each under its own key; nothing of it leaves the browser. */
const kept = {
  /** When each title was last played, ms since the epoch. */
  'kilat.played': z.record(z.string(), z.number()),
  /** Usual launch times by title, ms from the click to each stage. */
  'kilat.launch-times': z.record(z.string(), z.record(z.string(), z.number())),
  /** Volume 0…1 and the highest video bitrate. */
  'kilat.preferences': z.object({
    volume: z.number().min(0).max(1),
    maxBitrateKbps: z.number().positive(),
    overlay: z.boolean(),
  }),
  /** Hints that were shown already. */
  'kilat.hints': z.array(z.string()),
};

type Kept = { [Key in keyof typeof kept]: z.infer<(typeof kept)[Key]> };

/** What is kept under a key; undefined when nothing is, when it is not readable, or when the browser keeps nothing. */
export function recall<Key extends keyof Kept>(key: Key): Kept[Key] | undefined {
  try {
    const text = localStorage.getItem(key);
    return text === null ? undefined : (kept[key].parse(JSON.parse(text)) as Kept[Key]);
  } catch {
    return undefined;
  }
}

/** Keeps a value; a browser that keeps nothing (private window, full disk) plays all the same. */
export function remember<Key extends keyof Kept>(key: Key, value: Kept[Key]): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Playing does not depend on it.
  }
}
