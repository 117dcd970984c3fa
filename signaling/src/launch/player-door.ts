import type { SessionId } from '@kilat/shared/ids';
import { playerCalls } from '@kilat/shared/launch/messages';
import { PROTOCOL_VERSION } from '@kilat/shared/protocol';
import type { Catalogue } from '@kilat/shared/title/catalogue';
import type { Logger } from 'pino';
import type { Namespace, Socket } from 'socket.io';
import { z } from 'zod';
import { answerCalls } from '../door/answer-calls.ts';
import { TokenBucket } from '../door/token-bucket.ts';
import type { PlayerOf } from '../http/socket-server.ts';
import type { Metrics } from '../metrics.ts';
import type { LiveSession } from '../session/live-session.ts';
import type { SourcedEvent } from '../store/session-store.ts';
import type { Caller, PlayerRequests } from './player-requests.ts';
import { refusal } from './session-offer.ts';

const Handshake = z.object({ protocol: z.number() });
/** Launches and resumes of one socket: a burst, then one in two seconds. */
const LAUNCHES = { capacity: 10, perSecond: 0.5 };
/** Everything else of one socket. */
const SMALL_REQUESTS = { capacity: 40, perSecond: 5 };

/** What the players' door stands on. */
export interface PlayerDoorParts {
  namespace: Namespace;
  playerOf: PlayerOf;
  requests: PlayerRequests;
  metrics: Metrics;
  log: Logger;
}

/** Refuses pages of another release, and answers the requests of the others. */
export function openPlayerDoor(parts: PlayerDoorParts): void {
  parts.namespace.use((socket, next) => {
    const protocol = Handshake.safeParse(socket.handshake.auth).data?.protocol;
    if (protocol === PROTOCOL_VERSION) return next();
    parts.metrics.dropped.inc({ door: 'player', reason: 'protocol-version' });
    const error = new Error(
      `The page speaks protocol ${protocol ?? 'unknown'}, this Indexer ${PROTOCOL_VERSION}: reload the page.`,
    );
    next(Object.assign(error, { data: { reason: 'protocol-version' } }));
  });
  parts.namespace.on('connection', (socket) => serve(parts, socket));
}

function serve({ playerOf, requests, metrics, log }: PlayerDoorParts, socket: Socket): void {
  const caller: Caller = {
    playerId: playerOf(socket.request),
    connected: () => socket.connected,
    follow: (session) => void socket.join(roomOf(session.facts.sessionId)),
  };
  const now = (): number => performance.now();
  const launches = new TokenBucket(LAUNCHES.capacity, LAUNCHES.perSecond, now());
  const small = new TokenBucket(SMALL_REQUESTS.capacity, SMALL_REQUESTS.perSecond, now());
  const limited = async <Reply>(bucket: TokenBucket, answer: () => Promise<Reply>) =>
    bucket.take(now()) ? await answer() : refusal('too-many');

  answerCalls(
    socket,
    playerCalls,
    {
      launch: (request) => limited(launches, () => requests.launch(caller, request)),
      resume: (request) => limited(launches, () => requests.resume(caller, request)),
      leave: (request) => limited(small, () => requests.leave(request)),
      watch: (request) => limited(small, () => requests.watch(caller, request, (session) => tellAll(socket, session))),
      quality: (request) => limited(small, () => requests.quality(request)),
    },
    {
      drop: (reason) => metrics.dropped.inc({ door: 'player', reason }),
      malformed: (_call, fault) => refusal('bad-request', fault),
      failed: (call, error) => {
        log.error({ call, err: error }, 'a request of a player failed');
        return refusal('indexer-trouble');
      },
    },
  );
  socket.on('disconnect', (_reason, description) => {
    if (String(description).includes('payload')) metrics.dropped.inc({ door: 'player', reason: 'oversized' });
  });
}

/** Tells the players who follow a session what happened to it. */
export function tellFollowers(namespace: Namespace, session: LiveSession, event: SourcedEvent): void {
  namespace.to(roomOf(session.facts.sessionId)).emit('session', noticeOf(session, event));
}

/** Tells every connected player what can be played now. */
export function tellCatalogue(namespace: Namespace, catalogue: Catalogue): void {
  namespace.emit('catalogue', catalogue);
}

function tellAll(socket: Socket, session: LiveSession): void {
  for (const event of session.events) socket.emit('session', noticeOf(session, event));
}

const roomOf = (sessionId: SessionId): string => `session:${sessionId}`;
const noticeOf = ({ facts }: LiveSession, { atMs, event }: SourcedEvent) => ({
  sessionId: facts.sessionId,
  atMs,
  event,
});
