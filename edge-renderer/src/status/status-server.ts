import { createServer, type Server } from 'node:http';
import { Gauge, Registry } from 'prom-client';
import type { Sessions } from '../session/sessions.ts';
import type { Slots } from '../slots/slots.ts';
import { encoderMetrics, type ProbedEncoders } from './encoder-metrics.ts';

/** What the status page asks of the running edge. */
export interface StatusSources {
  sessions: Sessions;
  slots: Slots;
  connected: () => boolean;
  workerAlive: () => boolean;
  encoders: ProbedEncoders;
}

/** `/healthz` and `/metrics` (Prometheus text format) of the edge, on loopback. Port 0 picks a free one. */
export async function startStatusServer(port: number, sources: StatusSources): Promise<Server> {
  const registry = edgeMetrics(sources);
  const server = createServer((request, response) => {
    if (request.url === '/healthz') {
      const healthy = sources.workerAlive() && sources.connected();
      response.writeHead(healthy ? 200 : 503, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          ok: healthy,
          worker: sources.workerAlive(),
          indexer: sources.connected(),
          sessions: sources.sessions.announced,
        }),
      );
      return;
    }
    if (request.url === '/metrics') {
      void registry
        .metrics()
        .then((text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text));
      return;
    }
    response.writeHead(404, { 'content-type': 'text/plain' }).end('Only /healthz and /metrics are here.\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = `Port ${port} for the edge's status is taken by another program. Choose another with KILAT_EDGE_STATUS_PORT.`;
      reject(error.code === 'EADDRINUSE' ? new Error(taken) : error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

function edgeMetrics({ sessions, slots, connected, encoders }: StatusSources): Registry {
  const registers = [new Registry()];
  encoderMetrics(registers[0] as Registry, encoders);
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge('kilat_edge_slots_free', 'Slots no session uses', () => slots.free);
  gauge('kilat_edge_slots_warm', 'Slots kept warm', () => slots.warmTitles.length);
  gauge('kilat_edge_sessions', 'Live sessions', () => sessions.live.length);
  gauge('kilat_edge_indexer_connected', '1 while the Indexer accepts this edge', () => (connected() ? 1 : 0));
  const perSession = (name: string, help: string, read: (session: (typeof sessions.live)[number]) => number) =>
    new Gauge({
      name,
      help,
      registers,
      labelNames: ['session', 'title'],
      collect() {
        this.reset();
        for (const session of sessions.live)
          this.set({ session: session.facts.sessionId, title: session.facts.titleId }, read(session));
      },
    });
  perSession('kilat_edge_frames_sent', 'Frames sent in a live session', ({ counters }) => counters.framesSent);
  perSession('kilat_edge_video_bytes_sent', 'Video bytes sent in a live session', ({ counters }) => counters.bytesSent);
  perSession('kilat_edge_key_frames_sent', 'Key frames sent in a live session', ({ counters }) => counters.keyFrames);
  perSession('kilat_edge_inputs', 'Inputs injected in a live session', ({ counters }) => counters.inputs);
  new Gauge({
    name: 'kilat_edge_session_encoder',
    help: '1 for the encoder of a live session',
    registers,
    labelNames: ['session', 'title', 'encoder'],
    collect() {
      this.reset();
      for (const { facts, encoder } of sessions.live)
        if (encoder !== undefined) this.set({ session: facts.sessionId, title: facts.titleId, encoder }, 1);
    },
  });
  perSession(
    'kilat_edge_gamepad_states_thinned',
    'Gamepad states passed over in a live session because they came too fast',
    ({ counters }) => counters.padStatesThinned,
  );
  perSession(
    'kilat_edge_malformed_messages',
    'Messages dropped in a live session',
    ({ counters }) => counters.malformed,
  );
  return registers[0] as Registry;
}
