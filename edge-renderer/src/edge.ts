import type { EdgeAnnouncement } from '@kilat/shared/edge/messages';
import { serverLog } from '@kilat/shared/server/log';
import { lockForProcess } from '@kilat/shared/server/process-lock';
import { missingParts } from '@kilat/titles/installed';
import { bundledTitles, loadTitles, problemSentence } from '@kilat/titles/load';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EdgeConfig } from './config.ts';
import { removeLeftovers } from './container/leftovers.ts';
import { checkNeededPrograms } from './container/needed-programs.ts';
import { loadEdgeKey } from './indexer-link/edge-key.ts';
import { IndexerLink } from './indexer-link/indexer-link.ts';
import { Sessions } from './session/sessions.ts';
import { Slots } from './slots/slots.ts';
import { hardware } from './status/hardware.ts';
import { startStatusServer } from './status/status-server.ts';
import { MediaWorkers } from './webrtc/media-workers.ts';
import { SpareMedia } from './webrtc/spare-media.ts';
import { rehearse } from './webrtc/rehearsal.ts';

/** How often titles are looked at again: an operator may have installed one, ms. */
const TITLES_CHECK_MS = 5_000;

export interface RunningEdge {
  close(): Promise<void>;
}

/** Starts an edge: leftovers, key, media worker, slots, status page, connection to the Indexer; closed in reverse. */
export async function startEdge(config: EdgeConfig): Promise<RunningEdge> {
  checkNeededPrograms(process.env.PATH ?? '');
  const log = serverLog(config.logLevel, 'edge');
  await mkdir(config.dataFolder, { recursive: true });
  const release = await lockForProcess(join(config.dataFolder, 'lock'));
  if (release === undefined)
    throw new Error(
      `Another edge already uses the data folder ${config.dataFolder}, and with it its key. Give this one its own: KILAT_DATA=.kilat-2`,
    );
  const leftovers = await removeLeftovers(config.scratchFolder);
  if (leftovers > 0) log.warn({ containers: leftovers }, 'removed what an earlier agent left');
  const key = await loadEdgeKey(config.dataFolder);

  const { titles: loaded, problems } = await loadTitles([bundledTitles, ...config.titleFolders]);
  for (const problem of problems) log.warn(problem, problemSentence(problem));
  const titles = new Map(loaded.map((title) => [title.id, title]));

  const workers = await MediaWorkers.start(
    { binary: config.workerBinary, address: config.address, port: config.port },
    () => {
      log.error('media worker died; starting another');
      sessions.mediaLost();
    },
    () => {
      log.info('media worker is back');
      void sessions.mediaBack();
    },
  );
  if (workers.current !== undefined) await rehearse(workers.current);
  const spares = new SpareMedia(workers);
  await spares.fill();
  const slots = new Slots(
    { count: config.slots, warm: config.warm, scratch: config.scratchFolder, bitrateKbps: config.bitrateKbps },
    (id) => titles.get(id),
    log,
    () => link.beat(),
  );
  const sessions: Sessions = new Sessions(
    key.edgeId,
    titles,
    slots,
    workers,
    spares,
    config,
    (sessionId, event) => link.emit(sessionId, event),
    log,
  );

  const titleStates = () =>
    Promise.all(
      loaded.map(async (title) => {
        const missing = await missingParts(title);
        return { titleId: title.id, installed: missing.length === 0, missing };
      }),
    );
  const announcement = async (): Promise<EdgeAnnouncement> => ({
    providerId: config.providerId,
    region: config.region,
    pricePerSlotMinuteMicroUsd: config.pricePerSlotMinuteMicroUsd,
    hardware: hardware(),
    encoder: 'x264',
    slots: config.slots,
    holdMs: config.holdMs,
    titles: await titleStates(),
    sessions: sessions.announced,
  });
  const link: IndexerLink = new IndexerLink({
    indexerUrl: config.indexerUrl,
    enrolmentToken: config.enrolmentToken,
    key,
    announcement,
    heartbeat: () => ({ freeSlots: slots.free, warm: slots.warmTitles, draining: sessions.draining }),
    handlers: {
      reserve: (request) => sessions.reserve(request),
      attach: (request) => sessions.attach(request),
      end: async ({ sessionId, reason }) => ({ ok: sessions.end(sessionId, reason) }),
    },
    log,
  });
  let known = JSON.stringify(await titleStates());
  const titlesCheck = setInterval(() => {
    titleStates()
      .then((states) => {
        if (JSON.stringify(states) === known) return;
        known = JSON.stringify(states);
        slots.refill();
        return link.announce();
      })
      .catch((error: unknown) => log.warn({ error: String(error) }, 'titles could not be looked at'));
  }, TITLES_CHECK_MS);
  const status = await startStatusServer(config.statusPort, {
    sessions,
    slots,
    connected: () => link.connected,
    workerAlive: () => workers.current !== undefined,
  });
  slots.refill();
  log.info({ edgeId: key.edgeId, slots: config.slots, address: config.address, port: config.port }, 'edge is up');

  return {
    async close() {
      clearInterval(titlesCheck);
      status.close();
      await sessions.close();
      await slots.close();
      await link.close();
      spares.close();
      workers.close();
      await release();
      log.info('edge stopped');
    },
  };
}
