import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { EdgeRegistry } from '../edges/edge-registry.ts';
import type { Metrics } from '../metrics.ts';
import type { LiveSessions } from '../session/live-sessions.ts';
import type { Database } from '../store/database.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** Whether a program of this machine asks for itself; what comes through a proxy, trusted or not, comes from elsewhere. */
function isFromHere({ socket, headers }: IncomingMessage): boolean {
  const peer = socket.remoteAddress ?? '';
  const isForwarded = Object.keys(headers).some((name) => name === 'forwarded' || name.startsWith('x-forwarded-'));
  return !isForwarded && isIP(peer) !== 0 && loopback.check(peer, isIP(peer) === 6 ? 'ipv6' : 'ipv4');
}

/** `/healthz` for whoever restarts or balances Indexers, `/metrics` for Prometheus. */
export function serveOperations(
  http: FastifyInstance,
  {
    database,
    registry,
    sessions,
    metrics,
    metricsPublic,
  }: {
    database: Database;
    registry: EdgeRegistry;
    sessions: LiveSessions;
    metrics: Metrics;
    metricsPublic: boolean;
  },
): void {
  http.get('/healthz', { config: { anyName: true } }, (_request, reply) => {
    const { failure } = database;
    const figures = { edges: registry.all().length, sessions: sessions.live().length };
    reply.header('cache-control', 'no-store');
    if (failure === undefined) return reply.send({ ok: true, ...figures });
    return reply.code(503).send({ ok: false, detail: `Records cannot be written: ${failure}`, ...figures });
  });
  http.get('/metrics', { config: metricsPublic ? { anyName: true } : {} }, async (request, reply) => {
    if (!metricsPublic && !isFromHere(request.raw)) {
      const detail = 'Figures are shown to this machine alone. KILAT_METRICS_PUBLIC=1 shows them to everybody.';
      return await reply.code(403).send({ error: 'not-public', detail });
    }
    return await reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}
