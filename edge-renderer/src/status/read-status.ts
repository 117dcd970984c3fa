import type { EdgeConfig } from '../config.ts';
import type { Drain } from '../operator/drain.ts';
import type { Capacity, SessionLoad } from '../load/capacity.ts';
import { readTemperatures } from '../load/temperatures.ts';
import type { Slots } from '../slots/slots.ts';
import type { EdgeStatus, SessionStatus } from './edge-status.ts';
import { hardware } from './hardware.ts';
import type { History, HistoryPoint } from './history.ts';
import type { Troubles } from './troubles.ts';

/** What the operator's status is put together from. */
export interface StatusSources {
  edgeId: EdgeStatus['edgeId'];
  config: EdgeConfig;
  encoder: () => string;
  drawnBy: string;
  slots: Slots;
  capacity: Capacity;
  drain: Drain;
  history: History;
  troubles: Troubles;
  refusals: Refusals;
  connected: () => boolean;
  workerAlive: () => boolean;
  upSinceMs: number;
}

/** The sessions this edge refused for want of a resource. */
export class Refusals {
  readonly counts = new Map<string, number>();
  #last: EdgeStatus['admission']['lastRefusal'] = null;

  note(resource: string, detail: string): void {
    this.counts.set(resource, (this.counts.get(resource) ?? 0) + 1);
    this.#last = { atMs: Date.now(), resource, detail };
  }

  get last(): EdgeStatus['admission']['lastRefusal'] {
    return this.#last;
  }
}

/** The status at this moment. */
export function readStatus(sources: StatusSources): EdgeStatus {
  const { edgeId, config, slots, capacity, drain, history, troubles, refusals } = sources;
  const admission = capacity.admission;
  const { cpu, memoryMb } = hardware();
  return {
    atMs: Date.now(),
    edgeId,
    provider: config.providerId,
    region: config.region,
    upSinceMs: sources.upSinceMs,
    indexer: { url: config.indexerUrl, connected: sources.connected() },
    worker: { alive: sources.workerAlive() },
    encoder: sources.encoder(),
    drawnBy: sources.drawnBy,
    drainingSinceMs: drain.sinceMs ?? null,
    slots: { count: config.slots, free: slots.free },
    warm: config.warm.map(({ titleId, count }) => {
      const own = slots.waiting.filter(({ title }) => title.id === titleId);
      const ready = own.filter(({ warmth }) => warmth !== 'cold').length;
      return { titleId, wanted: count, ready, warming: own.length - ready };
    }),
    admission: {
      by: config.admission,
      open: admission.ok && drain.sinceMs === undefined && slots.free > 0,
      why: admission.ok ? null : admission.detail,
      lastRefusal: refusals.last,
    },
    machine: {
      cpu,
      cores: capacity.cores,
      busyCores: capacity.machine?.busyCores ?? null,
      otherCores: capacity.machine?.otherCores ?? null,
      memoryMb,
      memoryAvailableMb: capacity.machine?.memoryAvailableMb ?? null,
      gpus: capacity.gpus.map(({ name, busyPercent, memoryUsedMb, memoryTotalMb, celsius }) => ({
        name,
        busyPercent: busyPercent ?? null,
        memoryUsedMb: memoryUsedMb ?? null,
        memoryTotalMb: memoryTotalMb ?? null,
        celsius: celsius ?? null,
      })),
      temperatures: readTemperatures(),
    },
    costs: capacity.costs.known.map(([titleId, cost]) => ({ titleId, ...cost })),
    sessions: capacity.sessionLoads.map(sessionStatus),
    history: [...history.points],
    troubles: [...troubles.list],
  };
}

function sessionStatus({ session, usage, figures }: SessionLoad): SessionStatus {
  const { facts, state, container, frames } = session;
  return {
    sessionId: facts.sessionId,
    titleId: facts.titleId,
    titleName: container.title.name,
    state,
    cores: usage === undefined ? null : { ...usage.cores },
    memoryMb: usage === undefined ? null : usage.memoryMb,
    fps: figures.framesPerSecond,
    encodeMs: spread(figures.encodeMs),
    frameMs: spread(figures.frameMs),
    inputMs: spread(figures.inputMs),
    ...frames.counts,
  };
}

const spread = (values: { p50: number; p95: number } | undefined) =>
  values === undefined ? null : { p50: values.p50, p95: values.p95 };

/** The point of the plots that a look at the machine adds. */
export function historyPoint(capacity: Capacity): HistoryPoint {
  const loads = capacity.sessionLoads;
  const drawing = loads.filter(({ figures }) => figures.framesPerSecond > 0);
  const worst = (of: 'encodeMs' | 'frameMs' | 'inputMs') => {
    const values = drawing.flatMap(({ figures }) => figures[of]?.p95 ?? []);
    return values.length === 0 ? null : Math.max(...values);
  };
  const rates = drawing.map(({ figures }) => figures.framesPerSecond);
  return {
    atMs: Date.now(),
    sessions: loads.length,
    busyCores: capacity.machine?.busyCores ?? null,
    slowestFps: rates.length === 0 ? null : Math.min(...rates),
    totalFps: rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0),
    encodeP95Ms: worst('encodeMs'),
    frameP95Ms: worst('frameMs'),
    inputP95Ms: worst('inputMs'),
  };
}
