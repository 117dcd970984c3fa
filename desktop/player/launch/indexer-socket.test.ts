import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newSessionId } from '@kilat/shared/ids';
import { PLAYER_NAMESPACE, PROTOCOL_VERSION } from '@kilat/shared/protocol';
import { Server, type Socket } from 'socket.io';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { IndexerCallError, IndexerSocket } from './indexer-socket.ts';

const owned = { sessionId: newSessionId(), resumeToken: 'token' };

describe('IndexerSocket, against a real socket.io server', () => {
  let http: HttpServer;
  let server: Server;
  let socket: IndexerSocket;
  let serve: (player: Socket) => void = () => undefined;

  beforeEach(async () => {
    http = createServer();
    server = new Server(http);
    serve = () => undefined;
    server.of(PLAYER_NAMESPACE).on('connection', (player) => serve(player));
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
  });

  afterEach(async () => {
    socket.close();
    await server.close();
  });

  const connect = () => {
    socket = new IndexerSocket(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
    return socket;
  };

  test('begins with a WebSocket and states its protocol', async () => {
    const heard = new Promise((resolve) => {
      serve = (player) => resolve([player.conn.transport.name, player.handshake.auth.protocol]);
    });
    connect();
    expect(await heard).toEqual(['websocket', PROTOCOL_VERSION]);
  });

  test('calls and parses the reply', async () => {
    serve = (player) => player.on('leave', (request, reply) => reply({ ok: request.sessionId === owned.sessionId }));
    expect(await connect().call('leave', owned, 2_000)).toEqual({ ok: true });
  });

  test('a refusal is a reply; anything else that does not parse is an error', async () => {
    const replies: unknown[] = [{ ok: false, reason: 'session-ended' }, { ok: 'maybe' }];
    serve = (player) => player.on('watch', (_request, reply) => reply(replies.shift()));
    connect();
    expect(await socket.call('watch', owned, 2_000)).toEqual({ ok: false, reason: 'session-ended' });
    await expect(socket.call('watch', owned, 2_000)).rejects.toMatchObject({ reason: 'malformed-reply' });
  });

  test('an Indexer that stays silent is unreachable', async () => {
    serve = (player) => player.on('leave', () => undefined);
    await expect(connect().call('leave', owned, 100)).rejects.toEqual(new IndexerCallError('unreachable'));
  });

  test('a door that refuses the page answers its calls', async () => {
    server.of(PLAYER_NAMESPACE).use((_player, next) => {
      next(Object.assign(new Error('reload the page'), { data: { reason: 'protocol-version' } }));
    });
    expect(await connect().call('leave', owned, 5_000)).toMatchObject({ ok: false, reason: 'protocol-version' });
  });

  test('hears well-formed notices and counts the others', async () => {
    const sessionId = newSessionId();
    serve = (player) => {
      player.emit('session', { sessionId: 'nonsense' });
      player.emit('session', { sessionId, atMs: 5, event: { type: 'playing' } });
    };
    connect();
    const notice = await new Promise((resolve) => socket.onNotice('session', resolve));
    expect(notice).toEqual({ sessionId, atMs: 5, event: { type: 'playing' } });
    expect(socket.malformedNotices).toBe(1);
  });

  test('tells of the connection until the listener is called off', async () => {
    const off = new AbortController();
    const heard: boolean[] = [];
    connect();
    await new Promise<void>((resolve) => {
      socket.onConnection((connected) => {
        heard.push(connected);
        resolve();
      }, off.signal);
    });
    const lost = new Promise<void>((resolve) => socket.onConnection((connected) => !connected && resolve()));
    off.abort();
    server.of(PLAYER_NAMESPACE).disconnectSockets(true);
    await lost;
    expect(heard).toEqual([true]);
  });
});
