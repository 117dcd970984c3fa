import type { BlobHash, SaveVersionId } from '@kilat/shared/save/save';
import type { SaveGarbage } from './garbage.ts';
import type { SavesOf, SaveStore } from './save-store.ts';

/** What retention looks at, the newest version first. */
export interface AgedVersion {
  versionId: SaveVersionId;
  /** Versions of one session are steps of one game; null: brought back by the player. */
  sessionId: string | null;
  setAside: boolean;
}

/** Games whose last version is kept. */
export const KEPT_GAMES = 10;
/** Of the newest game also the versions before its last: a machine may have died while the title was writing. */
export const KEPT_STEPS = 3;
export const KEPT_ASIDE = 3;

/** The versions that go, of all of one player and title, the newest first. */
export function outlived(versions: readonly AgedVersion[]): SaveVersionId[] {
  const good = versions.filter(({ setAside }) => !setAside);
  const games = new Map<string, AgedVersion[]>();
  for (const version of good) {
    const game = version.sessionId ?? version.versionId;
    games.set(game, [...(games.get(game) ?? []), version]);
  }
  const kept = [...games.values()]
    .slice(0, KEPT_GAMES)
    .flatMap((steps, age) => steps.slice(0, age === 0 ? KEPT_STEPS : 1));
  const aside = versions.filter(({ setAside }) => setAside).slice(0, KEPT_ASIDE);
  return versions
    .filter((version) => !kept.includes(version) && !aside.includes(version))
    .map(({ versionId }) => versionId);
}

/** Drops a player's outlived versions of one title, and the blobs that nothing else names; `loose`: others that may go. */
export async function dropOutlived(
  store: SaveStore,
  garbage: SaveGarbage,
  of: SavesOf,
  loose: () => Promise<readonly BlobHash[]> = async () => [],
): Promise<void> {
  const versions = await store.versions(of.playerId, of.titleId);
  const gone = outlived(versions.map((version) => ({ ...version, setAside: version.problem !== null })));
  const blobs = await store.remove(of, gone);
  await garbage.collect([...blobs, ...(await loose())]);
}
