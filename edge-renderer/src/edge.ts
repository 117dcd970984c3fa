import type { EdgeAnnouncement } from '@kilat/shared/edge/messages';
import { serverLog } from '@kilat/shared/server/log';
import { lockForProcess } from '@kilat/shared/server/process-lock';
import { problemSentence } from '@kilat/titles/load';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import type { EdgeConfig } from './config.ts';
import { removeLeftovers } from './container/leftovers.ts';
import { checkNeededPrograms } from './container/needed-programs.ts';
import { chooseDrawing, type Drawing, DrawingWatch } from './display/drawing.ts';
import { FRAME_PACE } from './display/frame-pace.ts';
import { EdgeTitles } from './edge-titles.ts';
import { noEncoder } from './encode/probe/encoder-choice.ts';
import { probeEncoders } from './encode/probe/encoder-probe.ts';
import { SessionCodecs } from './encode/session-codecs.ts';
import { loadEdgeKey } from './indexer-link/edge-key.ts';
import { IndexerLink } from './indexer-link/indexer-link.ts';
import { Capacity } from './load/capacity.ts';
import { Drain } from './operator/drain.ts';
import { newOperatorToken, writeOperatorDoor } from './operator/operator-door.ts';
import { chooseSandbox } from './sandbox/choose.ts';
import { EdgeSaves } from './saves/edge-saves.ts';
import { Sessions } from './session/sessions.ts';
import { Slots } from './slots/slots.ts';
import { hopelessWishes } from './slots/warm-wishes.ts';
import { hardware } from './status/hardware.ts';
import { History } from './status/history.ts';
import { LaunchTimes } from './status/launch-times.ts';
import { edgeMetrics, LaunchHistogram } from './status/metrics.ts';
import { historyPoint, readStatus, Refusals } from './status/read-status.ts';
import { startStatusServer } from './status/status-server.ts';
import { troubleOf, Troubles } from './status/troubles.ts';
import { MediaWorkers } from './webrtc/media-workers.ts';
import { SpareMedia } from './webrtc/spare-media.ts';
import { rehearse } from './webrtc/rehearsal.ts';

/** The rate an encoder must keep up with to be taken before others. */
const PROBED_FPS = 60;

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
  const probing = probeEncoders({ kinds: config.encoders, codec: config.codec });
  const key = await loadEdgeKey(config.dataFolder);
  const titles = await EdgeTitles.load(config.titleFolders);
  const upSinceMs = Date.now();
  const [troubles, refusals, history] = [new Troubles(), new Refusals(), new History()];
  /** For who reads the log, and for who looks at the edge's page. */
  const warn = (words: string, facts: object = {}) => {
    log.warn(facts, words);
    troubles.note(words);
  };
  const saves = new EdgeSaves(config, key, log);
  await saves.takeUp();
  // Of titles that this edge no longer runs, too, the saves are the player's.
  const leftovers = await removeLeftovers(config.scratchFolder, (folder) =>
    saves.collectLeft(folder, (titleId) => titles.known(titleId)),
  );
  if (leftovers.removed > 0)
    warn(
      `The agent before this one was killed or crashed: ${leftovers.removed} of its containers, played or warm, ended with it.`,
    );
  for (const error of leftovers.stuck)
    warn(`What an earlier agent left could not be removed: ${error}. Remove it by hand.`);

  const sandbox = await chooseSandbox(config.sandbox, config.titleAllowance, config.insidePod, config.titleNetwork);
  if (sandbox.name === 'none') {
    const why = sandbox.noneWorks ?? 'KILAT_EDGE_SANDBOX=none';
    log.warn({ why }, 'NO SANDBOX: titles run as this user and may read and change all that this user may');
  }
  const chooseDrawingHere = () => chooseDrawing(config.display, sandbox.name, process.env.PATH ?? '');
  const firstDrawing = await chooseDrawingHere();
  const tellDrawing = ({ by, trouble }: Drawing) => {
    log.info({ by }, 'who draws OpenGL');
    if (trouble !== undefined) warn(trouble);
  };
  tellDrawing(firstDrawing);
  const drawing = new DrawingWatch(firstDrawing, chooseDrawingHere, (changed) => {
    tellDrawing(changed);
    // What waits was made for who drew before.
    slots.coolDown();
    slots.refill();
  });
  titles.refuse(sandbox, [config.dataFolder, config.scratchFolder]);
  for (const problem of titles.problems) warn(problemSentence(problem), problem);
  const { runnable } = titles;
  for (const sentence of hopelessWishes(config.warm, (titleId) => runnable.has(titleId))) warn(sentence);

  if (config.nativeFolder === undefined || !existsSync(join(config.nativeFolder, FRAME_PACE)))
    log.warn(
      'titles get no gamepads and draw without a pace: KILAT_NATIVE does not name the folder of all native parts (npm start builds them)',
    );

  const workers = await MediaWorkers.start({
    binary: config.workerBinary,
    address: config.address,
    port: config.port,
    announcedPort: config.announcedPort,
  });
  if (workers.current !== undefined) await rehearse(workers.current);
  const spares = new SpareMedia(workers);
  await spares.fill();
  const measures = await probing;
  const codecs = new SessionCodecs(config.codec, measures, PROBED_FPS);
  const encoders = { measures, ladder: codecs.ladder('video/H264', PROBED_FPS) };
  const encoder = encoders.ladder[0];
  if (encoder === undefined) throw new Error(noEncoder(measures));
  const av1 = codecs.ladder('video/AV1', PROBED_FPS)[0];
  log.info({ encoder, av1, measures }, 'encoders probed');
  if (config.codec === 'av1' && av1 === undefined)
    warn('KILAT_EDGE_CODEC=av1, but no AV1 encoder works on this machine: sessions are sent as H.264.');
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
      encoders: encoders.ladder,
      drawing: () => drawing.current,
      native: config.nativeFolder,
      sandbox,
      mayWarm: (title) => drain.sinceMs === undefined && !launches.isOneUnderWay && capacity.hasRoomToWarm(title),
      onTrouble: (text) => troubles.note(text),
    },
    (id) => runnable.get(id),
    log,
    () => link.beat(),
  );
  const sessions: Sessions = new Sessions(
    key.edgeId,
    runnable,
    slots,
    workers,
    spares,
    saves,
    { ...config, codecs },
    (sessionId, event) => {
      launches.happened(sessionId, event);
      const title = sessions.live.find(({ facts }) => facts.sessionId === sessionId)?.container.title;
      const trouble = troubleOf(event, title?.name ?? 'a title');
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
  workers.listen({
    lost: () => {
      log.error('media worker died; starting another');
      troubles.note('The media worker died; another was started and pages resume by themselves.');
      sessions.mediaLost();
    },
    back: () => {
      log.info('media worker is back');
      void sessions.mediaBack();
    },
  });
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
  let wasConnected = false;
  const looked = () => {
    history.add(historyPoint(capacity));
    if (wasConnected && !link.connected)
      troubles.note(
        'The connection to the Indexer was lost. Running sessions go on; the edge keeps trying to connect.',
      );
    wasConnected = link.connected;
    // Whole displays on a GPU have nothing to stand in for it.
    if (config.display === 'auto') void drawing.gpusAre(capacity.gpus.length);
    // What there was no room for may fit now.
    slots.refill();
  };

  const announcement = async (): Promise<EdgeAnnouncement> => ({
    providerId: config.providerId,
    region: config.region,
    pricePerSlotMinuteMicroUsd: config.pricePerSlotMinuteMicroUsd,
    hardware: hardware(capacity.gpus[0]),
    encoder,
    slots: config.slots,
    holdMs: config.holdMs,
    titles: await titles.states(),
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
  const stopWatchingTitles = await titles.watch(
    () => {
      slots.refill();
      return link.announce();
    },
    (error) => log.warn({ error: String(error) }, 'titles could not be looked at'),
  );
  const connected = () => link.connected;
  const workerAlive = () => workers.current !== undefined;
  const draining = () => sessions.draining;
  const token = newOperatorToken();
  const status = await startStatusServer(config.statusPort, {
    metrics: edgeMetrics(
      { sessions: () => sessions.live, slots, capacity, refusals, encoders, connected, draining },
      histogram,
    ),
    status: () =>
      readStatus({
        ...{ edgeId: key.edgeId, config, slots, capacity, drain, history, troubles, refusals, upSinceMs },
        ...{
          drawnBy: drawing.current.by,
          encoder: () => (av1 === undefined ? encoder : `${encoder}; AV1: ${av1}`),
          connected,
          workerAlive,
        },
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
  log.info(
    { edgeId: key.edgeId, slots: config.slots, address: config.address, port: config.port, sandbox: sandbox.name },
    'edge is up',
  );

  return {
    async close() {
      stopWatchingTitles();
      status.close();
      await capacity.close();
      // No slot becomes warm again for a session that ends now.
      const waitingGone = slots.close();
      await sessions.close();
      await waitingGone;
      await saves.close();
      await link.close();
      spares.close();
      workers.close();
      await release();
      log.info('edge stopped');
    },
  };
}
