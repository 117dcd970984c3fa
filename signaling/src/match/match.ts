import type { EdgeAnnouncement, EdgeHeartbeat } from '@kilat/shared/edge/messages';
import type { EdgeId, TitleId } from '@kilat/shared/ids';

/** What matching may know of an edge. */
export interface MatchableEdge {
  edgeId: EdgeId;
  announcement: Pick<EdgeAnnouncement, 'titles' | 'pricePerSlotMinuteMicroUsd'>;
  heartbeat: EdgeHeartbeat;
}

/** Edges to ask, best first; or why there is nobody to ask. */
export type Match<Edge> =
  | { is: 'candidates'; edges: Edge[] }
  | { is: 'no-edge' }
  | { is: 'not-installed' }
  | { is: 'draining' }
  | { is: 'all-full' };

/** Who could run a title now: warm first, then most free slots, then cheapest; the id makes the order total. */
export function match<Edge extends MatchableEdge>(titleId: TitleId, edges: readonly Edge[]): Match<Edge> {
  if (edges.length === 0) return { is: 'no-edge' };
  const equipped = edges.filter((edge) => hasTitle(edge, titleId));
  if (equipped.length === 0) return { is: 'not-installed' };
  const open = equipped.filter(({ heartbeat }) => !heartbeat.draining);
  if (open.length === 0) return { is: 'draining' };
  const ready = open.filter(({ heartbeat }) => heartbeat.freeSlots > 0 || heartbeat.warm.includes(titleId));
  if (ready.length === 0) return { is: 'all-full' };
  const warmth = ({ heartbeat }: Edge): number => Number(heartbeat.warm.includes(titleId));
  const price = ({ announcement }: Edge): number => announcement.pricePerSlotMinuteMicroUsd;
  ready.sort(
    (a, b) =>
      warmth(b) - warmth(a) ||
      b.heartbeat.freeSlots - a.heartbeat.freeSlots ||
      price(a) - price(b) ||
      a.edgeId.localeCompare(b.edgeId),
  );
  return { is: 'candidates', edges: ready };
}

/** Whether the edge has the title's program. */
export function hasTitle({ announcement }: Pick<MatchableEdge, 'announcement'>, titleId: TitleId): boolean {
  return announcement.titles.some((title) => title.titleId === titleId && title.installed);
}
