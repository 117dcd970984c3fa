import { edgeCalls } from '@kilat/shared/edge/messages';
import type { EdgeAnnouncement, EdgeHeartbeat } from '@kilat/shared/edge/messages';
import type { EdgeId } from '@kilat/shared/ids';
import type { Socket } from 'socket.io';
import type { z } from 'zod';

type EdgeCalls = typeof edgeCalls;
export type EdgeCallName = keyof EdgeCalls;
type Request<Name extends EdgeCallName> = z.input<EdgeCalls[Name]['request']>;
type Reply<Name extends EdgeCallName> = z.output<EdgeCalls[Name]['reply']>;

/** What came of asking an edge. */
export type EdgeAnswer<Name extends EdgeCallName> =
  | { is: 'answered'; reply: Reply<Name> }
  | { is: 'malformed' }
  | { is: 'silent' };

/** An edge whose key is proven and that has announced itself, for as long as its socket lives. */
export class EdgeConnection {
  readonly edgeId: EdgeId;
  readonly socket: Socket;
  announcement: EdgeAnnouncement;
  heartbeat: EdgeHeartbeat;

  constructor(edgeId: EdgeId, socket: Socket, announcement: EdgeAnnouncement) {
    this.edgeId = edgeId;
    this.socket = socket;
    this.announcement = announcement;
    // Each call under way listens for the disconnect.
    socket.setMaxListeners(0);
    // Until the first heartbeat the announcement is all there is to go by; the edge decides anyway.
    const freeSlots = Math.max(0, announcement.slots - announcement.sessions.length);
    this.heartbeat = { freeSlots, warm: [], draining: false };
  }

  /**
   * Asks the edge and waits at most `timeoutMs`. An answer that comes after that is given to `onLate`, because a
   * reservation accepted late holds a slot until somebody ends it.
   */
  call<Name extends EdgeCallName>(
    name: Name,
    request: Request<Name>,
    timeoutMs: number,
    onLate?: (reply: Reply<Name>) => void,
  ): Promise<EdgeAnswer<Name>> {
    return new Promise((resolve) => {
      let waiting = true;
      const settle = (answer: EdgeAnswer<Name>): void => {
        waiting = false;
        clearTimeout(timer);
        this.socket.off('disconnect', onGone);
        resolve(answer);
      };
      const onGone = (): void => settle({ is: 'silent' });
      const timer = setTimeout(() => settle({ is: 'silent' }), timeoutMs);
      this.socket.once('disconnect', onGone);
      this.socket.emit(name, request, (sent: unknown) => {
        const parsed = edgeCalls[name].reply.safeParse(sent);
        const reply = parsed.data as Reply<Name> | undefined;
        if (waiting) settle(reply === undefined ? { is: 'malformed' } : { is: 'answered', reply });
        else if (reply !== undefined) onLate?.(reply);
      });
    });
  }
}
