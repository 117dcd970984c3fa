import { access } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { recognisePlayer } from '../identity/player-cookie.ts';

/** The built player: one page for every address of the catalogue, its hashed assets, and what is said where nothing is. */
export async function servePlayerPage(
  http: FastifyInstance,
  { playerFolder, secret, secure }: { playerFolder: string; secret: Uint8Array; secure: boolean },
): Promise<void> {
  await http.register(fastifyStatic, {
    root: playerFolder,
    index: false,
    wildcard: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      // Vite names assets by their content: the same name never means other bytes.
      const immutable = path.startsWith(join(playerFolder, 'assets'));
      reply.header('cache-control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  const page = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    if (!(await isBuilt(playerFolder))) {
      return await reply
        .code(503)
        .type('text/plain; charset=utf-8')
        .send('The player is not built yet. Start Kilat with: npm start\n');
    }
    const { setCookie } = await recognisePlayer(secret, request.headers.cookie, secure || request.protocol === 'https');
    if (setCookie !== undefined) reply.header('set-cookie', setCookie);
    return await reply.sendFile('index.html');
  };
  http.get('/', page);
  http.get('/play/*', page);

  http.setNotFoundHandler(async (request, reply) => {
    reply.code(404);
    const { method, url, headers } = request;
    if (url.startsWith('/api/'))
      return await reply.send({ error: 'not-found', detail: `There is no ${method} ${url.slice(0, 200)}.` });
    // A person who followed a wrong link gets the page, which says so and leads on.
    const wantsPage = method === 'GET' && headers.accept?.includes('text/html') === true;
    if (wantsPage && (await isBuilt(playerFolder)))
      return await reply.header('cache-control', 'no-cache').sendFile('index.html', playerFolder);
    return await reply.type('text/plain; charset=utf-8').send('There is nothing at this address. The games are at /\n');
  });
}

const isBuilt = (folder: string): Promise<boolean> =>
  access(join(folder, 'index.html')).then(
    () => true,
    () => false,
  );
