import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Logger } from 'pino';
import type { IndexerConfig } from '../config.ts';
import type { Metrics } from '../metrics.ts';
import { StartupProblem } from '../startup-problem.ts';
import { notOurName, type OwnNames } from './own-names.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered whatever name it is asked under: it gives nothing away, or proves its asker by other means. */
    anyName?: true;
  }
}

/** Requests carry no bodies of note. */
const MAX_BODY_BYTES = 16 * 1024;

/** The HTTP server before its routes: TLS, headers, and plain answers to what is not there or fails. */
export async function createHttpServer(
  config: IndexerConfig,
  { names, metrics, log }: { names: OwnNames; metrics: Metrics; log: Logger },
): Promise<FastifyInstance> {
  const answerError = (error: Error & { statusCode?: number }, request: FastifyRequest, reply: FastifyReply): void => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ err: error, url: request.url }, 'a request failed');
    else metrics.dropped.inc({ door: 'http', reason: 'bad-request' });
    // A person who followed a broken link gets the page that says so.
    if (status < 500 && request.method === 'GET' && request.headers.accept?.includes('text/html') === true)
      return void reply.headers(SECURITY_HEADERS).redirect('/nothing-here');
    const detail = status >= 500 ? 'The Indexer could not answer; its log says why.' : error.message;
    void reply
      .code(status)
      .headers(SECURITY_HEADERS)
      .send({ error: status >= 500 ? 'indexer-trouble' : 'bad-request', detail });
  };
  const options = {
    trustProxy: config.trustProxy,
    bodyLimit: MAX_BODY_BYTES,
    // A page's idle connection must not hold up the stop.
    forceCloseConnections: true,
    // Addresses that cannot be decoded never reach a route.
    frameworkErrors: answerError,
  } as const;
  const http = (
    config.tls === undefined ? fastify(options) : fastify({ ...options, https: await readTls(config.tls) })
  ) as FastifyInstance;
  http.addHook('onRequest', async (_request, reply) => void reply.headers(SECURITY_HEADERS));
  http.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.anyName === true || names.isMeant(request.raw)) return;
    metrics.dropped.inc({ door: 'http', reason: 'foreign-name' });
    return await reply.code(421).type('text/plain; charset=utf-8').send(notOurName(request.host));
  });
  http.setErrorHandler(answerError);
  return http;
}

async function readTls({
  certFile,
  keyFile,
}: {
  certFile: string;
  keyFile: string;
}): Promise<{ cert: Buffer; key: Buffer }> {
  try {
    const [cert, key] = await Promise.all([readFile(certFile), readFile(keyFile)]);
    createSecureContext({ cert, key });
    return { cert, key };
  } catch (error) {
    const reason = (error as Error).message;
    throw new StartupProblem(
      'tls-files',
      `KILAT_TLS_CERT (${certFile}) and KILAT_TLS_KEY (${keyFile}) cannot be used: ${reason}.`,
    );
  }
}

/** Listens; returns the address players use. */
export async function listen(http: FastifyInstance, { host, port, publicUrl, tls }: IndexerConfig): Promise<string> {
  try {
    await http.listen({ host, port });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new StartupProblem(
        'port-in-use',
        `Port ${port} on ${host} is used by another program. Stop it, or set KILAT_PORT to another port.`,
      );
    }
    throw new StartupProblem('address-refused', `Kilat cannot listen on ${host}, port ${port}: ${message}.`);
  }
  if (publicUrl !== undefined) return publicUrl;
  const bound = http.server.address();
  const boundPort = typeof bound === 'object' && bound !== null ? bound.port : port;
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `${tls === undefined ? 'http' : 'https'}://${name}:${boundPort}`;
}
