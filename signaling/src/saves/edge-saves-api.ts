import { createHash } from 'node:crypto';
import { EDGE_SIGNATURE_HEADER } from '@kilat/shared/edge/signed-request';
import { SessionId } from '@kilat/shared/ids';
import {
  BlobHash,
  type EdgeSaveRefusal,
  MAX_SAVED_FILE_BYTES,
  MissingBlobs,
  SaveReport,
} from '@kilat/shared/save/save';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { faultOf } from '../door/answer-calls.ts';
import { edgeOfRequest } from '../identity/edge-request.ts';
import type { Metrics } from '../metrics.ts';
import type { LiveSession } from '../session/live-session.ts';
import type { LiveSessions } from '../session/live-sessions.ts';
import { BlobStoreError } from './blob-store.ts';
import { EdgeSaveError, type SaveDesk } from './save-desk.ts';

/** A report on a thousand files with long paths. */
const MAX_REPORT_BYTES = 1024 * 1024;
/** An edge that was away may bring a session's last save for so long after its end, ms. */
const LATE_SAVE_MS = 7 * 24 * 60 * 60_000;

const STATUS: Record<EdgeSaveRefusal, number> = {
  'bad-signature': 401,
  'not-your-session': 403,
  'no-saves': 404,
  'bad-request': 400,
  'over-limit': 413,
  'not-found': 404,
  corrupt: 410,
  'store-full': 507,
  'store-trouble': 503,
};

/** What the edges' HTTP interface stands on. */
export interface EdgeSavesParts {
  desk: SaveDesk;
  sessions: LiveSessions;
  metrics: Metrics;
  log: Logger;
}

type Params = { Params: { id: string; sha256: string } };

/** `/edge/sessions/<id>/…`: for the edge the session lives on, which proves itself by signing each request. */
export async function serveEdgeSaves(http: FastifyInstance, parts: EdgeSavesParts): Promise<void> {
  const { desk, sessions, metrics, log } = parts;
  /** What the signature says; the body is compared once it is there. */
  const admitted = new WeakMap<FastifyRequest, { session: LiveSession; bodySha256: string }>();

  await http.register((edges, _options, registered) => {
    edges.removeAllContentTypeParsers();
    edges.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    // An edge may know this machine by any name; its signature is what counts.
    edges.addHook('onRoute', (route) => {
      route.config = { ...route.config, anyName: true };
    });
    // Before the body is read: strangers bring none.
    edges.addHook('onRequest', async (request) => {
      admitted.set(request, await admit(sessions, request));
    });
    edges.addHook('preHandler', async (request) => {
      const sha256 = createHash('sha256').update(bodyOf(request)).digest('hex');
      if (sha256 !== admitted.get(request)?.bodySha256)
        throw new EdgeSaveError('bad-signature', 'The body is not the one that was signed.');
    });
    edges.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
      const reason = reasonOf(error);
      const status = error.statusCode ?? STATUS[reason];
      if (status >= 500) log.error({ url: request.url, error: error.message }, 'saves could not be stored or read');
      else metrics.dropped.inc({ door: 'http', reason: `saves-${reason}` });
      void reply.code(status).send({ error: reason, detail: error.message });
    });

    const sessionOf = (request: FastifyRequest): LiveSession => {
      const session = admitted.get(request)?.session;
      if (session === undefined) throw new EdgeSaveError('bad-signature', 'The request is not signed.');
      return session;
    };
    const path = '/edge/sessions/:id';
    edges.get<Params>(`${path}/save`, (request) => desk.toRestore(sessionOf(request)));
    edges.post<Params>(`${path}/save`, { bodyLimit: MAX_REPORT_BYTES }, (request) =>
      desk.report(sessionOf(request), parsed(SaveReport, request)),
    );
    edges.post<Params>(`${path}/blobs/missing`, { bodyLimit: MAX_REPORT_BYTES }, async (request) => ({
      sha256: await desk.missing(sessionOf(request), parsed(MissingBlobs, request).sha256),
    }));
    edges.get<Params>(`${path}/blobs/:sha256`, async (request, reply) => {
      const bytes = await desk.blob(sessionOf(request), blobOf(request.params.sha256));
      return await reply.type('application/octet-stream').send(bytes);
    });
    edges.put<Params>(`${path}/blobs/:sha256`, { bodyLimit: MAX_SAVED_FILE_BYTES }, async (request, reply) => {
      await desk.putBlob(sessionOf(request), blobOf(request.params.sha256), bodyOf(request));
      return await reply.code(204).send();
    });
    registered();
  });
}

async function admit(
  sessions: LiveSessions,
  request: FastifyRequest,
): Promise<{ session: LiveSession; bodySha256: string }> {
  const header = request.headers[EDGE_SIGNATURE_HEADER];
  const signed = edgeOfRequest(
    { method: request.method, path: request.url, header: typeof header === 'string' ? header : undefined },
    Date.now(),
  );
  if (signed === undefined) throw new EdgeSaveError('bad-signature', 'No edge has signed this request just now.');
  const sessionId = SessionId.safeParse((request.params as { id?: string }).id).data;
  const session = sessionId === undefined ? undefined : await sessions.find(sessionId);
  // Only an edge that was let in is ever given a session, so its key needs no second look.
  // An edge may ask for the saves of a session whose reservation it is just about to accept.
  if (session === undefined || (session.edgeId ?? session.asking?.edgeId) !== signed.edgeId)
    throw new EdgeSaveError('not-your-session', 'No such session lives on this edge.');
  const endedAtMs = session.events.find(({ event }) => event.type === 'ended')?.atMs;
  if (endedAtMs !== undefined && Date.now() - endedAtMs > LATE_SAVE_MS)
    throw new EdgeSaveError('not-your-session', 'The session was over long ago.');
  return { session, bodySha256: signed.bodySha256 };
}

const bodyOf = ({ body }: FastifyRequest): Buffer => (Buffer.isBuffer(body) ? body : Buffer.alloc(0));

function blobOf(text: string): BlobHash {
  const sha256 = BlobHash.safeParse(text).data;
  if (sha256 === undefined) throw new EdgeSaveError('bad-request', 'This is no SHA-256 in hex.');
  return sha256;
}

function parsed<Schema extends z.ZodType>(schema: Schema, request: FastifyRequest): z.output<Schema> {
  let content: unknown;
  try {
    content = JSON.parse(bodyOf(request).toString());
  } catch {
    throw new EdgeSaveError('bad-request', 'The body is not JSON.');
  }
  const result = schema.safeParse(content);
  if (!result.success) throw new EdgeSaveError('bad-request', faultOf(result.error));
  return result.data;
}

function reasonOf(error: Error & { statusCode?: number }): EdgeSaveRefusal {
  if (error instanceof EdgeSaveError) return error.reason;
  if (error instanceof BlobStoreError) return error.reason === 'full' ? 'store-full' : 'store-trouble';
  if (error.statusCode === 413) return 'over-limit';
  return error.statusCode !== undefined && error.statusCode < 500 ? 'bad-request' : 'store-trouble';
}
