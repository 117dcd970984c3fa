/** What one session needs while it is played. */
export interface SessionCost {
  /** Processor cores of its session process, game, X server and sound server. */
  cores: number;
  memoryMb: number;
}

/** What the machine carries now. */
export interface MachineLoad {
  cores: number;
  /** Cores used by everything that is not a container: media worker, agent, other programs. */
  otherCores: number;
  /** What each running session is to be reckoned with: what it uses, or will once it is played. */
  sessions: readonly SessionCost[];
  memoryAvailableMb: number;
  /** Memory that running sessions will still take. */
  memoryPromisedMb: number;
  /** Busiest of the engines of the GPU that is used, percent; undefined where none can be read. */
  gpuPercent: number | undefined;
  /** Why a running session already suffers; undefined while none does. */
  suffering: string | undefined;
}

/** What stays free, so that a burst does not reach the player. */
export interface AdmissionLimits {
  headroomCores: number;
  headroomMemoryMb: number;
  mostGpuPercent: number;
}

export type ScarceResource = 'processor' | 'memory' | 'graphics' | 'running-sessions';

/** Whether one more session may start, or which resource is short, in words an operator understands. */
export type Admission = { ok: true } | { ok: false; resource: ScarceResource; detail: string };

export const ADMISSION_LIMITS: AdmissionLimits = { headroomCores: 0.15, headroomMemoryMb: 512, mostGpuPercent: 85 };

/** Whether a session of this cost fits beside what runs. An idle edge takes any title: it can hurt nobody. */
export function admit(load: MachineLoad, cost: SessionCost, limits: AdmissionLimits = ADMISSION_LIMITS): Admission {
  const freeMb = load.memoryAvailableMb - load.memoryPromisedMb - limits.headroomMemoryMb;
  if (cost.memoryMb > freeMb)
    return refuse(
      'memory',
      `needs ${Math.round(cost.memoryMb)} MB of memory, ${Math.max(0, Math.round(freeMb))} MB are left`,
    );
  if (load.sessions.length === 0) return { ok: true };
  if (load.suffering !== undefined) return refuse('running-sessions', load.suffering);
  const usedCores = load.otherCores + load.sessions.reduce((sum, { cores }) => sum + cores, 0);
  const freeCores = load.cores - usedCores - limits.headroomCores;
  if (cost.cores > freeCores)
    return refuse(
      'processor',
      `needs ${cost.cores.toFixed(2)} cores, ${Math.max(0, freeCores).toFixed(2)} of ${load.cores} are left`,
    );
  if (load.gpuPercent !== undefined && load.gpuPercent > limits.mostGpuPercent)
    return refuse('graphics', `the GPU is ${Math.round(load.gpuPercent)} % busy`);
  return { ok: true };
}

const refuse = (resource: ScarceResource, detail: string): Admission => ({ ok: false, resource, detail });
