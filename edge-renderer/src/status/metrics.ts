import { Gauge, Histogram, Registry } from 'prom-client';
import type { Warmth } from '@kilat/shared/session/life';
import type { Capacity, SessionLoad } from '../load/capacity.ts';
import { CONTAINER_PARTS } from '../load/container-usage.ts';
import type { Session } from '../session/session.ts';
import type { Slots } from '../slots/slots.ts';
import { encoderMetrics, type ProbedEncoders } from './encoder-metrics.ts';
import type { LaunchStage } from './launch-times.ts';
import type { Refusals } from './read-status.ts';

/** What the edge's figures are read from. */
export interface MetricsSources {
  sessions: () => Session[];
  slots: Slots;
  capacity: Capacity;
  refusals: Refusals;
  encoders: ProbedEncoders;
  connected: () => boolean;
  draining: () => boolean;
}

/** From a warm slot's few milliseconds to a cold start on a busy machine, seconds. */
const LAUNCH_BUCKETS_S = [0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10];

/** The launches' histogram, made before the rest because launches are timed from the first on. */
export class LaunchHistogram {
  readonly registry = new Registry();
  readonly #histogram = new Histogram({
    name: 'kilat_edge_launch_seconds',
    help: 'From the arrival of a launch at the edge to each of its stages, by how warm its slot was',
    labelNames: ['stage', 'warmth'],
    buckets: LAUNCH_BUCKETS_S,
    registers: [this.registry],
  });

  observe(stage: LaunchStage, warmth: Warmth, sinceRequestMs: number): void {
    this.#histogram.observe({ stage, warmth }, sinceRequestMs / 1000);
  }
}

/** Everything `/metrics` tells. */
export function edgeMetrics(sources: MetricsSources, launches: LaunchHistogram): Registry {
  const own = new Registry();
  machineMetrics(own, sources);
  encoderMetrics(own, sources.encoders);
  sessionCounts(own, sources);
  sessionLoads(own, sources);
  return Registry.merge([own, launches.registry]) as Registry;
}

function machineMetrics(
  registry: Registry,
  { sessions, slots, capacity, refusals, connected, draining }: MetricsSources,
) {
  const gauge = (name: string, help: string, read: () => number | undefined) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        const value = read();
        if (value === undefined) this.reset();
        else this.set(value);
      },
    });
  gauge('kilat_edge_slots_free', 'Slots no session uses', () => slots.free);
  gauge('kilat_edge_slots_warm', 'Slots kept warm', () => slots.warmTitles.length);
  gauge('kilat_edge_sessions', 'Live sessions', () => sessions().length);
  gauge('kilat_edge_indexer_connected', '1 while the Indexer accepts this edge', () => (connected() ? 1 : 0));
  gauge('kilat_edge_draining', '1 while no new session is taken', () => (draining() ? 1 : 0));
  gauge('kilat_edge_admission_open', '1 while the smallest session would be taken', () =>
    capacity.admission.ok ? 1 : 0,
  );
  gauge('kilat_edge_busy_cores', 'Processor cores in use on this machine', () => capacity.machine?.busyCores);
  gauge('kilat_edge_other_cores', 'Of them, used by anything but containers', () => capacity.machine?.otherCores);
  new Gauge({
    name: 'kilat_edge_refused',
    help: 'Sessions refused since the start, by the resource that was short',
    labelNames: ['resource'],
    registers: [registry],
    collect() {
      for (const [resource, count] of refusals.counts) this.set({ resource }, count);
    },
  });
}

function sessionCounts(registry: Registry, { sessions }: MetricsSources) {
  const perSession = (name: string, help: string, read: (session: Session) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      labelNames: ['session', 'title'],
      collect() {
        this.reset();
        for (const session of sessions())
          this.set({ session: session.facts.sessionId, title: session.facts.titleId }, read(session));
      },
    });
  perSession('kilat_edge_frames_sent', 'Frames sent in a live session', ({ counters }) => counters.framesSent);
  perSession('kilat_edge_video_bytes_sent', 'Video bytes sent in a live session', ({ counters }) => counters.bytesSent);
  perSession('kilat_edge_key_frames_sent', 'Key frames sent in a live session', ({ counters }) => counters.keyFrames);
  perSession('kilat_edge_inputs', 'Inputs that came in a live session', ({ counters }) => counters.inputs);
  new Gauge({
    name: 'kilat_edge_session_encoder',
    help: '1 for the encoder and codec of a live session',
    registers: [registry],
    labelNames: ['session', 'title', 'encoder', 'codec'],
    collect() {
      this.reset();
      for (const { facts, encoder, codec } of sessions())
        if (encoder !== undefined) this.set({ session: facts.sessionId, title: facts.titleId, encoder, codec }, 1);
    },
  });
  perSession(
    'kilat_edge_gamepad_states_thinned',
    'Gamepad states passed over in a live session because they came too fast',
    ({ counters }) => counters.padStatesThinned,
  );
  perSession(
    'kilat_edge_inputs_dropped',
    'Inputs passed over in a live session because they came too fast',
    ({ counters }) => counters.inputsDropped,
  );
  perSession(
    'kilat_edge_messages_flooded',
    'Messages passed over unread in a live session because they came too fast',
    ({ counters }) => counters.flooded,
  );
  perSession(
    'kilat_edge_malformed_messages',
    'Messages dropped in a live session',
    ({ counters }) => counters.malformed,
  );
  perSession(
    'kilat_edge_frames_late',
    'Frames sent more than two frame intervals after their damage',
    ({ frames }) => frames.counts.late,
  );
  perSession(
    'kilat_edge_frames_dropped',
    'Frame slots that passed because the frame before was still under way',
    ({ frames }) => frames.counts.dropped,
  );
}

function sessionLoads(registry: Registry, { capacity }: MetricsSources) {
  const perLoad = (
    name: string,
    help: string,
    label: string,
    values: (load: SessionLoad) => [label: string, value: number | undefined][],
  ) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      labelNames: ['session', 'title', label],
      collect() {
        this.reset();
        for (const load of capacity.sessionLoads) {
          const { sessionId: session, titleId: title } = load.session.facts;
          for (const [of, value] of values(load))
            if (value !== undefined) this.set({ session, title, [label]: of }, value);
        }
      },
    });
  perLoad('kilat_edge_session_cores', 'Processor cores a live session uses, by part', 'part', ({ usage }) =>
    CONTAINER_PARTS.map((part) => [part, usage?.cores[part]]),
  );
  perLoad('kilat_edge_session_memory_bytes', 'Memory of a live session (proportional set size)', 'of', ({ usage }) => [
    ['all', usage && usage.memoryMb * 2 ** 20],
  ]);
  perLoad('kilat_edge_session_fps', 'Frames a second because of damage, over the last seconds', 'of', ({ figures }) => [
    ['sent', figures.framesPerSecond],
  ]);
  const quantiles = (spread: { p50: number; p95: number } | undefined): [string, number | undefined][] => [
    ['0.5', spread && spread.p50 / 1000],
    ['0.95', spread && spread.p95 / 1000],
  ];
  perLoad('kilat_edge_session_encode_seconds', 'Encoding of a frame', 'quantile', ({ figures }) =>
    quantiles(figures.encodeMs),
  );
  perLoad('kilat_edge_session_frame_seconds', 'From damage to the last packet sent', 'quantile', ({ figures }) =>
    quantiles(figures.frameMs),
  );
  perLoad(
    'kilat_edge_session_input_seconds',
    'From an input’s arrival to the last packet of the frame that answers it',
    'quantile',
    ({ figures }) => quantiles(figures.inputMs),
  );
}
