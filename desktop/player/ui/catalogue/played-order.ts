import type { Availability } from '@kilat/shared/title/catalogue';

/**
 * Titles with the last played first, then those never played that an edge has, then the others; else they keep their
 * order. `playedAtMs`: title id → when it was last launched.
 */
export function lastPlayedFirst<Title extends { id: string; availability: Availability }>(
  titles: readonly Title[],
  playedAtMs: Record<string, number>,
): Title[] {
  const playedAt = ({ id }: Title) => playedAtMs[id] ?? 0;
  const ready = ({ availability }: Title) => (availability.state === 'ready' ? 1 : 0);
  return [...titles].sort((a, b) => playedAt(b) - playedAt(a) || ready(b) - ready(a));
}

/** Titles whose name or summary has every word of the query, in any order. */
export function matching<Title extends { name: string; summary: string }>(
  titles: readonly Title[],
  query: string,
): Title[] {
  const words = query
    .toLocaleLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return titles.filter(({ name, summary }) => {
    const text = `${name} ${summary}`.toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
}
