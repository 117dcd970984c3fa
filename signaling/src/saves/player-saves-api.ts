import { type PlayerId, SessionId, TitleId } from '@kilat/shared/ids';
import type { AllPlayerSaves, SessionSaves } from '@kilat/shared/save/player-saves';
import { SaveVersionId } from '@kilat/shared/save/save';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { OwnNames } from '../http/own-names.ts';
import { playerOf } from '../identity/player-cookie.ts';
import type { LiveSessions } from '../session/live-sessions.ts';
import type { PlayerShelf } from './player-shelf.ts';

type VersionParams = { Params: { title: string; version: string } };

/** `/api/saves…` and `/api/sessions/<id>/saves`: a player's own saves, by its cookie. */
export function servePlayerSaves(
  http: FastifyInstance,
  {
    secret,
    shelf,
    sessions,
    names,
  }: { secret: Uint8Array; shelf: PlayerShelf; sessions: LiveSessions; names: OwnNames },
): void {
  const playerIdOf = async (request: FastifyRequest): Promise<PlayerId | undefined> =>
    (await playerOf(secret, request.headers.cookie))?.playerId;
  // Whether somebody else has such a save is nobody's business.
  const notFound = (reply: FastifyReply) =>
    reply.code(404).send({ error: 'not-found', detail: 'There is no such save of yours.' });

  http.get('/api/saves', async (request, reply) => {
    const playerId = await playerIdOf(request);
    const saves: AllPlayerSaves = { titles: playerId === undefined ? [] : await shelf.all(playerId) };
    return await reply.header('cache-control', 'no-store').send(saves);
  });

  http.get<{ Params: { id: string } }>('/api/sessions/:id/saves', async (request, reply) => {
    const playerId = await playerIdOf(request);
    const sessionId = SessionId.safeParse(request.params.id).data;
    const session = sessionId === undefined ? undefined : await sessions.find(sessionId);
    if (session === undefined || session.facts.playerId !== playerId) return await notFound(reply);
    const events = session.events.map(({ event }) => event);
    const saves: SessionSaves = {
      saves: await shelf.of(playerId, session.facts.titleId),
      settled: events.some((event) => (event.type === 'saved' || event.type === 'save-problem') && event.final),
      problems: [...new Set(events.flatMap((event) => (event.type === 'save-problem' ? [event.problem] : [])))],
    };
    return await reply.header('cache-control', 'no-store').send(saves);
  });

  /** Whose request it is and what it is about; undefined where it is not a player's own. */
  const own = async (request: FastifyRequest<VersionParams>) => {
    const playerId = await playerIdOf(request);
    const titleId = TitleId.safeParse(request.params.title).data;
    const versionId = SaveVersionId.safeParse(request.params.version).data;
    return playerId === undefined || titleId === undefined || versionId === undefined
      ? undefined
      : { playerId, titleId, versionId };
  };
  const isForeign = ({ headers, method, raw }: FastifyRequest) =>
    method !== 'GET' && !names.isOwnOrigin(headers.origin, raw);
  const path = '/api/saves/:title/:version';

  http.get<VersionParams>(path, async (request, reply) => {
    const wanted = await own(request);
    const zip = wanted && (await shelf.archive(wanted.playerId, wanted.titleId, wanted.versionId));
    if (wanted === undefined || zip === undefined) return await notFound(reply);
    return await reply
      .header('content-disposition', `attachment; filename="${wanted.titleId}-save.zip"`)
      .header('cache-control', 'no-store')
      .type('application/zip')
      .send(zip.outputStream);
  });

  http.post<VersionParams>(`${path}/bring-back`, async (request, reply) => {
    const wanted = isForeign(request) ? undefined : await own(request);
    if (wanted === undefined) return await notFound(reply);
    const outcome = await shelf.bringBack(wanted.playerId, wanted.titleId, wanted.versionId);
    if (outcome === 'not-found') return await notFound(reply);
    if (outcome === 'done') return await reply.send(await shelf.of(wanted.playerId, wanted.titleId));
    const detail =
      outcome === 'corrupt'
        ? 'This save is damaged in storage and cannot be played; what is left of it can be downloaded.'
        : 'This save is larger than the game may keep; it can be downloaded.';
    return await reply.code(409).send({ error: outcome, detail });
  });

  http.delete<VersionParams>(path, async (request, reply) => {
    const wanted = isForeign(request) ? undefined : await own(request);
    const removed = wanted !== undefined && (await shelf.remove(wanted.playerId, wanted.titleId, wanted.versionId));
    return removed ? await reply.code(204).send() : await notFound(reply);
  });
}
