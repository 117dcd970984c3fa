import { extname } from 'node:path';
import type { TitleId } from '@kilat/shared/ids';
import type { Availability, Catalogue } from '@kilat/shared/title/catalogue';
import type { LoadedTitle } from '@kilat/titles/load';
import { hasTitle, type MatchableEdge } from '../match/match.ts';

/** Address of a title's cover on the Indexer's origin. */
export const coverUrl = ({ id, cover }: LoadedTitle): string => `/covers/${id}${extname(cover)}`;

/** The catalogue as players see it, titles in the given order. */
export function catalogueOf(titles: readonly LoadedTitle[], edges: readonly MatchableEdge[]): Catalogue {
  return {
    titles: titles.map((title) => {
      const { kind, id, name, summary, display, input, mouse, controls, sound, licence } = title;
      const availability = availabilityOf(title, edges);
      return {
        kind,
        id,
        name,
        summary,
        display,
        input,
        mouse,
        controls,
        sound,
        licence,
        coverUrl: coverUrl(title),
        availability,
      };
    }),
  };
}

function availabilityOf(
  title: { id: TitleId; install: LoadedTitle['install'] },
  edges: readonly MatchableEdge[],
): Availability {
  if (edges.length === 0) return { state: 'no-edge' };
  const equipped = edges.filter((edge) => hasTitle(edge, title.id));
  if (equipped.length === 0)
    return { state: 'installable', install: title.install.apt, downloadMb: title.install.downloadMb };
  const open = equipped.filter(({ heartbeat }) => !heartbeat.draining).map(({ heartbeat }) => heartbeat);
  if (open.length === 0) return { state: 'draining' };
  return {
    state: 'ready',
    freeSlots: open.reduce((sum, { freeSlots }) => sum + freeSlots, 0),
    warm: open.some(({ warm }) => warm.includes(title.id)),
  };
}
