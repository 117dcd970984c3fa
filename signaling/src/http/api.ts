import { basename, dirname, join } from 'node:path';
import { SessionId, type TitleId } from '@kilat/shared/ids';
import type { SessionRecord } from '@kilat/shared/session/record';
import type { Catalogue } from '@kilat/shared/title/catalogue';
import type { LoadedTitle } from '@kilat/titles/load';
import type { FastifyInstance } from 'fastify';
import { coverUrl } from '../catalogue/catalogue.ts';
import { playerOf } from '../identity/player-cookie.ts';
import type { LiveSessions } from '../session/live-sessions.ts';
import type { QualityStore } from '../store/quality-store.ts';

/** What the HTTP interface reads. */
export interface ApiParts {
  secret: Uint8Array;
  titles: ReadonlyMap<TitleId, LoadedTitle>;
  catalogue: () => Catalogue;
  sessions: LiveSessions;
  quality: QualityStore;
}

/** `/api/titles`, `/api/sessions/<id>` and `/covers/<file>`. */
export function serveApi(http: FastifyInstance, { secret, titles, catalogue, sessions, quality }: ApiParts): void {
  http.get('/api/titles', (_request, reply) => reply.header('cache-control', 'no-store').send(catalogue()));

  http.get<{ Params: { id: string } }>('/api/sessions/:id', async (request, reply) => {
    const sessionId = SessionId.safeParse(request.params.id).data;
    const player = await playerOf(secret, request.headers.cookie);
    const session = sessionId === undefined || player === undefined ? undefined : await sessions.find(sessionId);
    // Whether a session of somebody else exists is nobody's business.
    if (session === undefined || session.facts.playerId !== player?.playerId) {
      return await reply.code(404).send({ error: 'not-found', detail: 'There is no such session of yours.' });
    }
    const { facts, events } = session;
    const titleName = titles.get(facts.titleId)?.name ?? facts.titleId;
    const record: SessionRecord = { ...facts, titleName, events, quality: await quality.of(facts.sessionId) };
    return await reply.header('cache-control', 'no-store').send(record);
  });

  const covers = new Map([...titles.values()].map((title) => [coverUrl(title), join(title.folder, title.cover)]));
  http.get('/covers/:file', async (request, reply) => {
    const path = covers.get(request.url.split('?')[0] ?? '');
    if (path === undefined) return await reply.callNotFound();
    return await reply.sendFile(basename(path), dirname(path));
  });
}
