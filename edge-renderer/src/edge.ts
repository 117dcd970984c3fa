import type { EdgeAnnouncement } from '@kilat/shared/edge/messages';
import { serverLog } from '@kilat/shared/server/log';
import { missingParts } from '@kilat/titles/installed';
import { bundledTitles, loadTitles } from '@kilat/titles/load';
import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import type { EdgeConfig } from './config.ts';
import { removeLeftovers } from './container/leftovers.ts';
import { checkNeededPrograms } from './container/needed-programs.ts';
import { loadEdgeKey } from './indexer-link/edge-key.ts';
import { IndexerLink } from './indexer-link/indexer-link.ts';
import { Capacity } from './load/capacity.ts';
import { Drain } from './operator/drain.ts';
import { newOperatorToken, writeOperatorDoor } from './operator/operator-door.ts';
import { Sessions } from './session/sessions.ts';
import { Slots } from './slots/slots.ts';
import { hardware } from './status/hardware.ts';
import { History } from './status/history.ts';
import { LaunchTimes } from './status/launch-times.ts';
import { edgeMetrics, LaunchHistogram } from './status/metrics.ts';
import { historyPoint, readStatus, Refusals } from './status/read-status.ts';
import { startStatusServer } from './status/status-server.ts';
import { troubleOfEnd, Troubles } from './status/troubles.ts';
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
  const leftovers = await removeLeftovers(config.scratchFolder);
  if (leftovers > 0) log.warn({ containers: leftovers }, 'removed what an earlier agent left');
  await mkdir(config.dataFolder, { recursive: true });
  const key = await loadEdgeKey(config.dataFolder);

  const { titles: loaded, problems } = await loadTitles([bundledTitles, ...config.titleFolders]);
  const upSinceMs = Date.now();
  const [troubles, refusals, history] = [new Troubles(), new Refusals(), new History()];
  for (const problem of problems) {
    log.warn(problem, 'title manifest problem');
    troubles.note(`A title is left out because of its manifest: ${Object.values(problem).join(', ')}.`);
  }
  const titles = new Map(loaded.map((title) => [title.id, title]));

  const workers = await MediaWorkers.start(
    { binary: config.workerBinary, address: config.address, port: config.port },
    () => {
      log.error('media worker died; starting another');
      troubles.note('The media worker died; another was started and pages resume by themselves.');
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
  const histogram = new LaunchHistogram();
  const launches = new LaunchTimes(
    (stage, warmth, sinceRequestMs) => histogram.observe(stage, warmth, sinceRequestMs),
    () => slots.refill(),
  );
  const drain = await Drain.load(config.dataFolder, (draining) => {
    sessions.draining = draining;
    log.info({ draining }, draining ? 'draining: no new sessions' : 'taking sessions again');
    if (draining) slots.coolDown();
    else slots.refill();
    link.beat();
  });
  const slots: Slots = new Slots(
    {
      count: config.slots,
      warm: config.warm,
      scratch: config.scratchFolder,
      bitrateKbps: config.bitrateKbps,
      mayWarm: (title) => drain.sinceMs === undefined && !launches.isOneUnderWay && capacity.hasRoomToWarm(title),
      onTrouble: (text) => troubles.note(text),
    },
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
    (sessionId, event) => {
      launches.happened(sessionId, event);
      const title = sessions.live.find(({ facts }) => facts.sessionId === sessionId)?.container.title;
      const trouble = event.type === 'ended' ? troubleOfEnd(event, title?.name ?? 'a title') : undefined;
      if (trouble !== undefined) troubles.note(trouble);
      link.emit(sessionId, event);
    },
    log,
    (title, sessionId) => {
      const admission = capacity.admit(title, sessionId);
      if (!admission.ok) refusals.note(admission.resource, `${title.name} ${admission.detail}`);
      return admission;
    },
  );
  sessions.draining = drain.sinceMs !== undefined;
  if (drain.sinceMs !== undefined)
    log.warn({ since: new Date(drain.sinceMs) }, 'still draining; "npm run edge -- resume" takes sessions again');
  const capacity: Capacity = await Capacity.start({
    admission: config.admission,
    dataFolder: config.dataFolder,
    searchPath: process.env.PATH ?? '',
    sessions: () => sessions.live,
    waiting: () => slots.waiting.map(({ container }) => container.folder),
    onLook: () => looked(),
  });
  /** What there was no room for may fit now. */
  let wasConnected = false;
  const looked = () => {
    history.add(historyPoint(capacity));
    if (wasConnected && !link.connected)
      troubles.note(
        'The connection to the Indexer was lost. Running sessions go on; the edge keeps trying to connect.',
      );
    wasConnected = link.connected;
    slots.refill();
  };

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
    titles: await titleStates(),
    sessions: sessions.announced,
  });
  const link: IndexerLink = new IndexerLink({
    indexerUrl: config.indexerUrl,
    enrolmentToken: config.enrolmentToken,
    key,
    announcement,
    heartbeat: () => ({
      freeSlots: capacity.admission.ok ? slots.free : 0,
      warm: slots.warmTitles,
      draining: sessions.draining,
    }),
    handlers: {
      reserve: async (request) => {
        const { sessionId } = request;
        launches.requested(sessionId);
        let taken = false;
        try {
          const reply = await sessions.reserve(request);
          taken = reply.ok;
          return reply;
        } finally {
          if (!taken) launches.settle(sessionId);
          capacity.settled(sessionId);
        }
      },
      attach: (request) => sessions.attach(request),
      end: async ({ sessionId, reason }) => ({ ok: sessions.end(sessionId, reason) }),
    },
    log,
  });
  let known = JSON.stringify(await titleStates());
  const titlesCheck = setInterval(() => {
    void titleStates().then((states) => {
      if (JSON.stringify(states) === known) return;
      known = JSON.stringify(states);
      slots.refill();
      return link.announce();
    });
  }, TITLES_CHECK_MS);
  const connected = () => link.connected;
  const workerAlive = () => workers.current !== undefined;
  const draining = () => sessions.draining;
  const token = newOperatorToken();
  const status = await startStatusServer(config.statusPort, {
    metrics: edgeMetrics({ sessions: () => sessions.live, slots, capacity, refusals, connected, draining }, histogram),
    status: () =>
      readStatus({
        ...{ edgeId: key.edgeId, config, slots, capacity, drain, history, troubles, refusals, upSinceMs },
        ...{ encoder: () => 'x264', connected, workerAlive },
      }),
    health: () => {
      const [worker, indexer] = [workerAlive(), connected()];
      return { ok: worker && indexer, worker, indexer, sessions: sessions.announced };
    },
    drain,
    token,
  });
  const { port: statusPort } = status.address() as AddressInfo;
  await writeOperatorDoor(config.dataFolder, { port: statusPort, pid: process.pid, token });
  slots.refill();
  log.info({ edgeId: key.edgeId, slots: config.slots, address: config.address, port: config.port }, 'edge is up');

  return {
    async close() {
      clearInterval(titlesCheck);
      status.close();
      await capacity.close();
      await sessions.close();
      await slots.close();
      await link.close();
      spares.close();
      workers.close();
      log.info('edge stopped');
    },
  };
}
