import { join } from 'node:path';
import { EDGE_NAMESPACE, PLAYER_NAMESPACE } from '@kilat/shared/protocol';
import { bundledTitles, loadTitles, problemSentence } from '@kilat/titles/load';
import { serverLog } from '@kilat/shared/server/log';
import { catalogueOf } from './catalogue/catalogue.ts';
import { CatalogueNotices } from './catalogue/catalogue-notices.ts';
import type { IndexerConfig } from './config.ts';
import { openEdgeDoor } from './edges/edge-door.ts';
import { EdgeRegistry } from './edges/edge-registry.ts';
import { serveApi } from './http/api.ts';
import { createHttpServer, listen } from './http/http-server.ts';
import { serveOperations } from './http/operations.ts';
import { OwnNames } from './http/own-names.ts';
import { servePlayerPage } from './http/player-page.ts';
import { TrustedProxies } from './http/trusted-proxies.ts';
import { createSocketServer } from './http/socket-server.ts';
import { readOrCreateSecret } from './identity/secret.ts';
import { openPlayerDoor, tellCatalogue, tellFollowers } from './launch/player-door.ts';
import { PlayerRequests } from './launch/player-requests.ts';
import { createMetrics } from './metrics.ts';
import { EdgePresence, PRESENCE_TIMINGS } from './session/edge-presence.ts';
import { LiveSessions } from './session/live-sessions.ts';
import { prepareDataFolder } from './store/data-folder.ts';
import { lockDataFolder } from './store/data-lock.ts';
import { Database } from './store/database.ts';
import { EdgeStore } from './store/edge-store.ts';
import { QualityStore } from './store/quality-store.ts';
import { SessionStore } from './store/session-store.ts';

/** A running Indexer. */
export interface Indexer {
  /** Address under which players reach it. */
  url: string;
  /** Stops everything in reverse order; sessions go on at their edges. */
  close: () => Promise<void>;
}

/** Starts everything in the order it depends on each other; throws a StartupProblem where the operator must act. */
export async function startIndexer(config: IndexerConfig, timings = PRESENCE_TIMINGS): Promise<Indexer> {
  const started: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (let stop = started.pop(); stop !== undefined; stop = started.pop()) await stop();
  };
  try {
    const log = serverLog(config.logLevel, 'indexer');
    const metrics = createMetrics();
    const secure = config.tls !== undefined || config.publicUrl?.startsWith('https:') === true;

    const folder = await prepareDataFolder(config.dataFolder);
    started.push(await lockDataFolder(join(folder, 'lock')));
    const secret = await readOrCreateSecret(join(folder, 'secret'));
    const database = await Database.open({ folder: join(folder, 'database'), cacheFolder: config.cacheFolder }, log);
    started.push(() => database.close());

    const loaded = await loadTitles([bundledTitles, ...config.titleFolders]);
    for (const problem of loaded.problems) log.warn(problem, problemSentence(problem));
    const titles = new Map(loaded.titles.map((title) => [title.id, title]));

    const registry = new EdgeRegistry();
    const quality = new QualityStore(database);
    const sessions = new LiveSessions(new SessionStore(database), metrics, log);
    const presence = new EdgePresence(registry, sessions, log, timings);
    registry.listen(presence);
    started.push(() => sessions.close());
    started.push(() => presence.close());
    database.onRecovered(() => void sessions.saveUnsaved());
    metrics.watch('kilat_edges', 'Connected edges', () => registry.all().length);
    metrics.watch('kilat_sessions', 'Sessions that are not over', () => sessions.live().length);
    metrics.watch('kilat_free_slots', 'Free slots of all edges', () =>
      registry.all().reduce((sum, { heartbeat }) => sum + heartbeat.freeSlots, 0),
    );
    metrics.watch('kilat_store_failing', '1 while records cannot be written', () =>
      Number(database.failure !== undefined),
    );

    const proxies = new TrustedProxies(config.trustProxy);
    const names = new OwnNames(config, proxies);
    const http = await createHttpServer(config, { names, metrics, log });
    started.push(() => http.close());
    const { io, playerOf } = createSocketServer({
      server: http.server,
      secret,
      names,
      proxies,
      secure,
      metrics,
    });
    const players = io.of(PLAYER_NAMESPACE);
    metrics.watch('kilat_players', 'Connected pages', () => players.sockets.size);
    const catalogue = () => catalogueOf(loaded.titles, registry.all());
    const notices = new CatalogueNotices(catalogue, (changed) => tellCatalogue(players, changed));
    registry.listen({ changed: () => notices.mayHaveChanged() });
    started.push(() => notices.close());
    sessions.listen({
      happened: (session, event) => tellFollowers(players, session, event),
      foreign: (edgeId, sessionId) => {
        const edge = registry.get(edgeId);
        if (edge !== undefined) presence.dismiss(edge, sessionId);
      },
    });
    const requests = new PlayerRequests({
      secret,
      titles,
      registry,
      sessions,
      presence,
      database,
      quality,
      metrics,
      log,
    });
    openPlayerDoor({ namespace: players, playerOf, proxies, requests, metrics, log });
    openEdgeDoor({
      namespace: io.of(EDGE_NAMESPACE),
      secret,
      edgeStore: new EdgeStore(database),
      registry,
      presence,
      sessions,
      metrics,
      log,
    });

    await servePlayerPage(http, { playerFolder: config.playerFolder, secret, secure });
    serveApi(http, { secret, titles, catalogue, sessions, quality });
    serveOperations(http, { database, registry, sessions, metrics, metricsPublic: config.metricsPublic });

    presence.awaitEdges(await sessions.load());
    const url = await listen(http, config);
    started.push(() => {
      // From here on a disconnect is our doing, not an edge's silence.
      presence.close();
      return io.close();
    });
    log.info({ url, titles: titles.size }, 'indexer is up');
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}
