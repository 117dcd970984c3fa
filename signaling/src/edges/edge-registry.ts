import type { EdgeAnnouncement, EdgeHeartbeat } from '@kilat/shared/edge/messages';
import type { EdgeId } from '@kilat/shared/ids';
import type { EdgeConnection } from './edge-connection.ts';

/** What others do when edges come, change and go. */
export interface EdgeListener {
  /** An edge connected and said what it has. */
  announced?: (edge: EdgeConnection) => void;
  /** Slots or titles of any edge may be others now. */
  changed?: () => void;
  gone?: (edge: EdgeConnection) => void;
}

/** The edges connected at this moment. */
export class EdgeRegistry {
  readonly #edges = new Map<EdgeId, EdgeConnection>();
  readonly #listeners: EdgeListener[] = [];
  readonly #waiting = new Set<() => void>();

  listen(listener: EdgeListener): void {
    this.#listeners.push(listener);
  }

  all(): EdgeConnection[] {
    return [...this.#edges.values()];
  }

  get(edgeId: EdgeId): EdgeConnection | undefined {
    return this.#edges.get(edgeId);
  }

  /** Waits until `find` gives something, looking again whenever an edge connects, and no longer than `end`. */
  until<Found>(find: () => Found | undefined, end: Promise<unknown>): Promise<Found | undefined> {
    return new Promise((resolve) => {
      const settle = (found: Found | undefined): void => {
        this.#waiting.delete(look);
        resolve(found);
      };
      const look = (): void => {
        const found = find();
        if (found !== undefined) settle(found);
      };
      this.#waiting.add(look);
      void end.then(() => settle(undefined));
      look();
    });
  }

  /** Takes an edge in; returns the connection of the same edge that it replaces. */
  add(edge: EdgeConnection): EdgeConnection | undefined {
    const replaced = this.#edges.get(edge.edgeId);
    this.#edges.set(edge.edgeId, edge);
    for (const { announced, changed } of this.#listeners) {
      announced?.(edge);
      changed?.();
    }
    for (const look of this.#waiting) look();
    return replaced;
  }

  /** Takes a changed announcement. Its sessions tell nothing new: after the first one, events do. */
  announceAgain(edge: EdgeConnection, announcement: EdgeAnnouncement): void {
    edge.announcement = announcement;
    for (const { changed } of this.#listeners) changed?.();
  }

  beat(edge: EdgeConnection, heartbeat: EdgeHeartbeat): void {
    edge.heartbeat = heartbeat;
    for (const { changed } of this.#listeners) changed?.();
  }

  /** Forgets a connection; one that was replaced meanwhile is nobody's loss. */
  remove(edge: EdgeConnection): void {
    if (this.#edges.get(edge.edgeId) !== edge) return;
    this.#edges.delete(edge.edgeId);
    for (const { gone, changed } of this.#listeners) {
      gone?.(edge);
      changed?.();
    }
  }
}
