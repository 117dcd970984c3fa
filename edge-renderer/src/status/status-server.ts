import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import { isLoopbackHost, isOperator } from '../operator/operator-door.ts';
import type { Drain } from '../operator/drain.ts';
import type { EdgeStatus } from './edge-status.ts';
import { pageFile } from './page-files.ts';

/** What the status server asks of the running edge, and may do to it. */
export interface StatusServerParts {
  metrics: Registry;
  status: () => EdgeStatus;
  health: () => { ok: boolean; [fact: string]: unknown };
  drain: Drain;
  /** Whoever knows it may drain and resume. */
  token: string;
}

type Answer = { status: number; type: string; body: string | Buffer };

const JSON_TYPE = 'application/json';
const json = (value: unknown, status = 200): Answer => ({ status, type: JSON_TYPE, body: JSON.stringify(value) });
const text = (status: number, body: string): Answer => ({
  status,
  type: 'text/plain; charset=utf-8',
  body: `${body}\n`,
});

/** `/healthz`, `/metrics`, the operator's page and what it asks, on loopback. Port 0 picks a free one. */
export async function startStatusServer(port: number, parts: StatusServerParts): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request, parts)
      .catch((error: unknown) => text(500, `The edge's status failed: ${String(error)}`))
      .then((found) => send(response, found))
      .catch(() => response.destroy());
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

async function answer({ url = '/', method, headers }: IncomingMessage, parts: StatusServerParts): Promise<Answer> {
  if (!isLoopbackHost(headers.host)) return text(403, 'This address is for this machine alone.');
  const path = url.split('?')[0] ?? '/';
  if (method === 'POST') return command(path, headers.authorization, parts);
  switch (path) {
    case '/healthz': {
      const health = parts.health();
      return json(health, health.ok ? 200 : 503);
    }
    case '/metrics':
      return { status: 200, type: parts.metrics.contentType, body: await parts.metrics.metrics() };
    case '/api/status':
      return json(parts.status());
    default: {
      const file = await pageFile(path);
      return file === undefined
        ? text(404, 'Only /, /healthz, /metrics and /api/status are here.')
        : { status: 200, ...file };
    }
  }
}

async function command(path: string, authorization: string | undefined, { drain, token }: StatusServerParts) {
  if (path !== '/api/drain' && path !== '/api/resume') return text(404, 'There is no such command.');
  if (!isOperator(authorization, token))
    return text(401, 'Only the operator may do that: open the address that "npm run edge -- status" prints.');
  await (path === '/api/drain' ? drain.begin() : drain.end());
  return json({ ok: true, drainingSinceMs: drain.sinceMs ?? null });
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'content-security-policy':
      "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  response.end(body);
}
