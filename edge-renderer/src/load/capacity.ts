import type { SessionId } from '@kilat/shared/ids';
import type { LoadedTitle } from '@kilat/titles/load';
import { availableParallelism } from 'node:os';
import { monotonicMs } from '../monotonic.ts';
import type { Session } from '../session/session.ts';
import { type Admission, admit, type MachineLoad, type SessionCost } from './admit.ts';
import { type ContainerUsage, ContainerUsageReader } from './container-usage.ts';
import type { FrameFigures } from './frame-window.ts';
import { type GpuUsage, readGpus } from './gpu-usage.ts';
import { type MachineUsage, MachineUsageReader } from './machine-usage.ts';
import { AdmissionDoor, sufferingOf } from './suffering.ts';
import { TitleCosts } from './title-costs.ts';

/** Often enough to see a session suffer within seconds, seldom enough that looking costs nothing. */
export const LOOK_MS = 3_000;
const MEMORY_EVERY_LOOKS = 3;
const GPU_EVERY_LOOKS = 4;
const SAVE_EVERY_LOOKS = 20;
/** A fall in frame rate this long after another session came is that session's doing, ms. */
const BEFORE_COUNTS_MS = 30_000;
/** A session's first looks hold its start, not its play. */
const LOOKS_BEFORE_LEARNING = 2;
/** Bursts of other programs are smoothed over about this many looks. */
const OTHER_SMOOTHING = 0.5;
const USED_UP = 0.95;
/** Asks for less than any title does: what it is refused, everybody is. */
const LEAST_COST: SessionCost = { cores: 0.05, memoryMb: 50 };

export interface CapacitySettings {
  /** `slots`: the operator answers for the number of slots; nothing is refused for what is measured. */
  admission: 'measured' | 'slots';
  dataFolder: string;
  searchPath: string;
  sessions: () => Session[];
  /** Scratch folders of containers that wait for a session. */
  waiting: () => string[];
  /** After each look. */
  onLook: () => void;
}

/** One session as the last look saw it. */
export interface SessionLoad {
  session: Session;
  usage: ContainerUsage | undefined;
  figures: FrameFigures;
}

/**
 * What this machine can carry, measured: looks at every container's processes and frames, learns what titles cost, and
 * says whether one more session fits.
 */
export class Capacity {
  readonly cores = availableParallelism();
  readonly costs: TitleCosts;
  readonly #settings: CapacitySettings;
  readonly #containers = new ContainerUsageReader();
  readonly #machine = new MachineUsageReader();
  readonly #door = new AdmissionDoor();
  readonly #timer: NodeJS.Timeout;
  /** Admitted, but not yet among the sessions. */
  readonly #claims = new Map<SessionId, LoadedTitle>();
  readonly #played = new WeakMap<Session, number>();
  readonly #rateBefore = new WeakMap<Session, { framesPerSecond: number; atMs: number }>();
  #usage = new Map<string, ContainerUsage>();
  #machineUsage: MachineUsage | undefined;
  #otherCores = 0;
  #gpus: GpuUsage[];
  #looks = 0;

  private constructor(settings: CapacitySettings, costs: TitleCosts, gpus: GpuUsage[]) {
    this.#settings = settings;
    this.#gpus = gpus;
    this.costs = costs;
    this.#timer = setInterval(() => {
      this.#look();
      settings.onLook();
    }, LOOK_MS);
    this.#look();
  }

  /** Once GPUs have been looked at. */
  static async start(settings: CapacitySettings): Promise<Capacity> {
    const [costs, gpus] = await Promise.all([TitleCosts.load(settings.dataFolder), readGpus(settings.searchPath)]);
    return new Capacity(settings, costs, gpus);
  }

  /** Whether a session of the title fits now. If so it counts from this moment, until `settled`. */
  admit(title: LoadedTitle, sessionId: SessionId): Admission {
    const admission = this.#wouldAdmit(this.costs.of(title.id));
    if (!admission.ok) return admission;
    this.#claims.set(sessionId, title);
    const atMs = monotonicMs();
    for (const session of this.#settings.sessions())
      this.#rateBefore.set(session, { framesPerSecond: session.frames.figures(atMs).framesPerSecond, atMs });
    return admission;
  }

  /** The session stands among the others now, or did not come about. */
  settled(sessionId: SessionId): void {
    this.#claims.delete(sessionId);
  }

  /** Whether even the smallest session would be refused, and why. */
  get admission(): Admission {
    return this.#wouldAdmit(this.costs.cheapest ?? LEAST_COST);
  }

  /** Room for a slot that waits: its memory is there, and the processor is not needed by those who play. */
  hasRoomToWarm(title: LoadedTitle): boolean {
    const cost = this.costs.of(title.id);
    return this.#wouldAdmit({ ...cost, cores: Math.min(cost.cores, LEAST_COST.cores) }).ok;
  }

  get machine(): (MachineUsage & { otherCores: number }) | undefined {
    return this.#machineUsage && { ...this.#machineUsage, otherCores: this.#otherCores };
  }

  get gpus(): readonly GpuUsage[] {
    return this.#gpus;
  }

  get sessionLoads(): SessionLoad[] {
    const nowMs = monotonicMs();
    return this.#settings.sessions().map((session) => ({
      session,
      usage: this.#usage.get(session.container.folder),
      figures: session.frames.figures(nowMs),
    }));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#save();
  }

  #look(): void {
    const looks = this.#looks++;
    const sessions = this.#settings.sessions();
    const sessionPids = new Set(sessions.flatMap(({ container }) => container.pid ?? []));
    this.#usage = this.#containers.read(monotonicMs(), sessionPids, looks % MEMORY_EVERY_LOOKS === 0);
    this.#machineUsage = this.#machine.read(this.cores) ?? this.#machineUsage;
    this.#lookAtOthers(sessions);
    const loads = this.sessionLoads;
    for (const load of loads) this.#learn(load);
    this.#door.look(firstSuffering(loads, (session) => this.#rateBeforeOthers(session)));
    if (looks % GPU_EVERY_LOOKS === 0) void readGpus(this.#settings.searchPath).then((gpus) => (this.#gpus = gpus));
    if (looks % SAVE_EVERY_LOOKS === SAVE_EVERY_LOOKS - 1) void this.#save();
  }

  #wouldAdmit(cost: SessionCost): Admission {
    return this.#settings.admission === 'slots' ? { ok: true } : admit(this.#load(), cost);
  }

  #load(): MachineLoad {
    const loads = this.sessionLoads;
    const running = loads.map(({ session, usage }) => ({
      used: { cores: usage?.totalCores ?? 0, memoryMb: usage?.memoryMb ?? 0 },
      cost: this.costs.of(session.container.title.id),
    }));
    const live = new Set(loads.map(({ session }) => session.facts.sessionId));
    for (const [sessionId, title] of this.#claims)
      if (!live.has(sessionId)) running.push({ used: { cores: 0, memoryMb: 0 }, cost: this.costs.of(title.id) });
    const promisedMb = running.map(({ used, cost }) => Math.max(0, cost.memoryMb - used.memoryMb));
    return {
      cores: this.cores,
      otherCores: this.#otherCores,
      sessions: running.map(({ used, cost }) => ({
        cores: Math.max(used.cores, cost.cores),
        memoryMb: Math.max(used.memoryMb, cost.memoryMb),
      })),
      memoryAvailableMb: this.#machineUsage?.memoryAvailableMb ?? Number.POSITIVE_INFINITY,
      memoryPromisedMb: promisedMb.reduce((sum, mb) => sum + mb, 0),
      // Drivers draw and encode on their first, unless told otherwise.
      gpuPercent: this.#gpus.find(({ busyPercent }) => busyPercent !== undefined)?.busyPercent,
      suffering: this.#door.closedBecause,
    };
  }

  /** What is busy and no container of ours; slots that warm up give way and count as nothing. */
  #lookAtOthers(sessions: Session[]): void {
    if (this.#machineUsage === undefined) return;
    const ours = new Set([...sessions.map(({ container }) => container.folder), ...this.#settings.waiting()]);
    const used = [...this.#usage].reduce(
      (sum, [folder, { totalCores }]) => sum + (ours.has(folder) ? totalCores : 0),
      0,
    );
    const other = Math.max(0, this.#machineUsage.busyCores - used);
    this.#otherCores += OTHER_SMOOTHING * (other - this.#otherCores);
  }

  #learn({ session, usage }: SessionLoad): void {
    if (session.state !== 'playing' || usage === undefined) return;
    const looks = (this.#played.get(session) ?? 0) + 1;
    this.#played.set(session, looks);
    if (looks <= LOOKS_BEFORE_LEARNING) return;
    const { titleId } = session.facts;
    // On a machine that is used up a session gets less than it needs: that teaches only what is more than was known.
    const isStarved = (this.#machineUsage?.busyCores ?? 0) > USED_UP * this.cores;
    const seen = { cores: usage.totalCores, memoryMb: usage.memoryMb };
    if (!isStarved || seen.cores > this.costs.of(titleId).cores) this.costs.learn(titleId, seen);
  }

  #rateBeforeOthers(session: Session): number | undefined {
    const before = this.#rateBefore.get(session);
    return before !== undefined && monotonicMs() - before.atMs < BEFORE_COUNTS_MS ? before.framesPerSecond : undefined;
  }

  async #save(): Promise<void> {
    // A full disk costs what was learned, not the sessions.
    await this.costs.save().catch(() => {});
  }
}

function firstSuffering(
  loads: readonly SessionLoad[],
  rateBefore: (session: Session) => number | undefined,
): string | undefined {
  for (const { session, figures } of loads) {
    if (session.state !== 'playing') continue;
    const { title } = session.container;
    const why = sufferingOf({
      name: title.name,
      framesPerSecondAsked: title.display.fps,
      figures,
      framesPerSecondBefore: rateBefore(session),
    });
    if (why !== undefined) return why;
  }
  return undefined;
}
