import type { FastifyInstance } from 'fastify';
import type { EdgeRegistry } from '../edges/edge-registry.ts';
import type { Metrics } from '../metrics.ts';
import type { LiveSessions } from '../session/live-sessions.ts';
import type { Database } from '../store/database.ts';

/** `/healthz` for whoever restarts or balances Indexers, `/metrics` for Prometheus. */
export function serveOperations(
  http: FastifyInstance,
  {
    database,
    registry,
    sessions,
    metrics,
  }: { database: Database; registry: EdgeRegistry; sessions: LiveSessions; metrics: Metrics },
): void {
  http.get('/healthz', (_request, reply) => {
    const { failure } = database;
    const figures = { edges: registry.all().length, sessions: sessions.live().length };
    reply.header('cache-control', 'no-store');
    if (failure === undefined) return reply.send({ ok: true, ...figures });
    return reply.code(503).send({ ok: false, detail: `Records cannot be written: ${failure}`, ...figures });
  });
  http.get('/metrics', async (_request, reply) => {
    return await reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}
