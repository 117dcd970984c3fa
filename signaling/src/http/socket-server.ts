import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { PlayerId } from '@kilat/shared/ids';
import { MAX_SOCKET_MESSAGE_BYTES } from '@kilat/shared/protocol';
import { Server } from 'socket.io';
import { type RecognisedPlayer, recognisePlayer } from '../identity/player-cookie.ts';
import type { Metrics } from '../metrics.ts';
import type { OwnNames } from './own-names.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

/** Whose handshake a socket came from. */
export type PlayerOf = (handshake: IncomingMessage) => PlayerId;

/** What the socket server stands on. */
export interface SocketServerParts {
  server: HttpServer;
  secret: Uint8Array;
  names: OwnNames;
  proxies: TrustedProxies;
  secure: boolean;
  metrics: Metrics;
}

/** socket.io on the HTTP server's port; every handshake recognises its player and renews the cookie where needed. */
export function createSocketServer({ server, secret, names, proxies, secure, metrics }: SocketServerParts): {
  io: Server;
  playerOf: PlayerOf;
} {
  const io = new Server(server, {
    transports: ['websocket', 'polling'],
    maxHttpBufferSize: MAX_SOCKET_MESSAGE_BYTES,
    serveClient: false,
    allowRequest: (request, decide) => {
      const { origin, upgrade } = request.headers;
      // An edge may know this machine by any name; a browser names its page's origin in every websocket handshake.
      const isProgram = origin === undefined && upgrade?.toLowerCase() === 'websocket';
      const isMeant = isProgram || names.isMeant(request);
      const allowed = isMeant && names.isOwnOrigin(origin, request);
      if (!allowed) metrics.dropped.inc({ door: 'http', reason: isMeant ? 'foreign-origin' : 'foreign-name' });
      decide(allowed ? null : 'The page comes from another address than this Kilat', allowed);
    },
  });
  const recognised = new WeakMap<IncomingMessage, RecognisedPlayer>();
  io.engine.use((request: IncomingMessage, _response: unknown, next: (error?: Error) => void) => {
    recognisePlayer(secret, request.headers.cookie, secure || proxies.isHttps(request)).then((player) => {
      recognised.set(request, player);
      next();
    }, next);
  });
  io.engine.on('initial_headers', (headers: Record<string, string>, request: IncomingMessage) => {
    const setCookie = recognised.get(request)?.setCookie;
    if (setCookie !== undefined) headers['set-cookie'] = setCookie;
  });
  const playerOf: PlayerOf = (handshake) => {
    const player = recognised.get(handshake);
    if (player === undefined) throw new Error('a socket came in without a handshake');
    return player.playerId;
  };
  return { io, playerOf };
}
