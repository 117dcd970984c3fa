import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What `/metrics` shows, one registry per Indexer. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    launches: new Counter({
      name: 'kilat_launches_total',
      help: 'Launch requests by result: ok, or the reason of the refusal',
      labelNames: ['result'],
      registers,
    }),
    launchSeconds: new Histogram({
      name: 'kilat_launch_seconds',
      help: 'From a launch request to its reply, accepted launches only',
      buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6],
      registers,
    }),
    reservations: new Counter({
      name: 'kilat_reservations_total',
      help: 'Reservations asked of edges by answer: ok, silent, malformed, or the refusal',
      labelNames: ['answer'],
      registers,
    }),
    dropped: new Counter({
      name: 'kilat_messages_dropped_total',
      help: 'Messages not acted on, by door (player, edge, http) and reason',
      labelNames: ['door', 'reason'],
      registers,
    }),
    refusedEdges: new Counter({
      name: 'kilat_edges_refused_total',
      help: 'Edges sent away at the door, by reason',
      labelNames: ['reason'],
      registers,
    }),
    sessionEvents: new Counter({
      name: 'kilat_session_events_total',
      help: 'Session events folded, by type',
      labelNames: ['type'],
      registers,
    }),
    endedSessions: new Counter({
      name: 'kilat_sessions_ended_total',
      help: 'Ended sessions by reason',
      labelNames: ['reason'],
      registers,
    }),
    latencySeconds: new Histogram({
      name: 'kilat_input_latency_p50_seconds',
      help: 'Median input latency of each reported quality window, by measure',
      labelNames: ['measure'],
      buckets: [0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.08, 0.12, 0.2, 0.4],
      registers,
    }),
    /** A gauge read when scraped. */
    watch(name: string, help: string, read: () => number): void {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    },
  };
}
export type Metrics = ReturnType<typeof createMetrics>;
