import type { SessionId } from '@kilat/shared/ids';
import { playerCalls } from '@kilat/shared/launch/messages';
import { PROTOCOL_VERSION } from '@kilat/shared/protocol';
import type { Catalogue } from '@kilat/shared/title/catalogue';
import type { Logger } from 'pino';
import type { Namespace, Socket } from 'socket.io';
import { z } from 'zod';
import { answerCalls } from '../door/answer-calls.ts';
import { RequestRates } from '../door/request-rates.ts';
import type { PlayerOf } from '../http/socket-server.ts';
import type { TrustedProxies } from '../http/trusted-proxies.ts';
import type { Metrics } from '../metrics.ts';
import type { LiveSession } from '../session/live-session.ts';
import type { SourcedEvent } from '../store/session-store.ts';
import type { Caller, PlayerRequests } from './player-requests.ts';
import { refusal } from './session-offer.ts';

const Handshake = z.object({ protocol: z.number() });
/** A player launches a few games at once at most; behind one address may be a household, or a whole school. */
const LAUNCHES = { player: { capacity: 10, perSecond: 0.5 }, address: { capacity: 60, perSecond: 5 } };
const RESUMES = { player: { capacity: 20, perSecond: 1 }, address: { capacity: 120, perSecond: 20 } };
/** Its own, so that whatever else a page had to say does not keep the slot of a player who leaves. */
const LEAVES = { player: { capacity: 10, perSecond: 1 }, address: { capacity: 200, perSecond: 20 } };
const SMALL_REQUESTS = { player: { capacity: 40, perSecond: 5 }, address: { capacity: 800, perSecond: 200 } };

/** What the players' door stands on. */
export interface PlayerDoorParts {
  namespace: Namespace;
  playerOf: PlayerOf;
  proxies: TrustedProxies;
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
  const rates = {
    launches: new RequestRates(LAUNCHES),
    resumes: new RequestRates(RESUMES),
    leaves: new RequestRates(LEAVES),
    small: new RequestRates(SMALL_REQUESTS),
  };
  parts.namespace.on('connection', (socket) => serve(parts, rates, socket));
}

type Rates = Record<'launches' | 'resumes' | 'leaves' | 'small', RequestRates>;

function serve({ playerOf, proxies, requests, metrics, log }: PlayerDoorParts, rates: Rates, socket: Socket): void {
  const caller: Caller = {
    playerId: playerOf(socket.request),
    connected: () => socket.connected,
    follow: (session) => void socket.join(roomOf(session.facts.sessionId)),
    isFollowedByOthers: ({ facts }) => {
      const followers = socket.nsp.adapter.rooms.get(roomOf(facts.sessionId)) ?? new Set();
      return followers.size > Number(followers.has(socket.id));
    },
  };
  const asker = { playerId: caller.playerId, address: proxies.clientOf(socket.request) };
  const limited = async <Reply>(kind: RequestRates, answer: () => Promise<Reply>) => {
    const retryAfterMs = kind.take(asker, performance.now());
    return retryAfterMs === 0 ? await answer() : { ...refusal('too-many'), retryAfterMs };
  };

  answerCalls(
    socket,
    playerCalls,
    {
      launch: (request) => limited(rates.launches, () => requests.launch(caller, request)),
      resume: (request) => limited(rates.resumes, () => requests.resume(caller, request)),
      leave: (request) => limited(rates.leaves, () => requests.leave(request)),
      watch: (request) =>
        limited(rates.small, () => requests.watch(caller, request, (session) => tellAll(socket, session))),
      quality: (request) => limited(rates.small, () => requests.quality(request)),
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
