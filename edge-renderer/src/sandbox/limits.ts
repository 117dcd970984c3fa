import { availableParallelism, totalmem } from 'node:os';
import type { SandboxNeeds } from '@kilat/shared/title/manifest';

/** What one title may use: memory (its home and its pictures included), processors, processes and threads, its home. */
export interface Limits {
  memoryMb: number;
  /** Processors' time per time; 1.5 is one and a half. */
  cpus: number;
  pids: number;
  diskMb: number;
}

/** A field of a manifest that asks for more than this edge gives. */
export interface ExcessiveNeed {
  field: string;
  reason: string;
}

/** What a title gets whose manifest does not say, where the edge has as much. */
const USUAL: Omit<Limits, 'cpus'> = { memoryMb: 2048, pids: 512, diskMb: 256 };

/** Everything the machine has, for whoever sets no bound. */
export function machineAllowance(): Limits {
  return {
    memoryMb: Math.floor(totalmem() / 2 ** 20),
    cpus: availableParallelism(),
    pids: 4096,
    diskMb: Math.floor(totalmem() / 2 ** 20 / 4),
  };
}

/** The limits of a title that asked for nothing excessive; unsaid means the usual, and all processors. */
export function limitsOf(needs: SandboxNeeds | undefined, allowed: Limits): Limits {
  return {
    memoryMb: needs?.memoryMb ?? Math.min(USUAL.memoryMb, allowed.memoryMb),
    cpus: needs?.cpus ?? allowed.cpus,
    pids: needs?.pids ?? Math.min(USUAL.pids, allowed.pids),
    diskMb: needs?.diskMb ?? Math.min(USUAL.diskMb, allowed.diskMb),
  };
}

const BOUNDS = [
  { field: 'memoryMb', unit: 'MB of memory', setting: 'KILAT_EDGE_TITLE_MEMORY_MB' },
  { field: 'cpus', unit: 'processors', setting: 'KILAT_EDGE_TITLE_CPUS' },
  { field: 'pids', unit: 'processes', setting: 'KILAT_EDGE_TITLE_PIDS' },
  { field: 'diskMb', unit: 'MB of files', setting: 'KILAT_EDGE_TITLE_DISK_MB' },
] as const;

/** Which limits of a manifest's `sandbox` this edge does not give; empty when it may run. Hosts: network/network-refusals.ts. */
export function excessiveNeeds(needs: SandboxNeeds | undefined, allowed: Limits): ExcessiveNeed[] {
  if (needs === undefined) return [];
  return BOUNDS.flatMap(({ field, unit, setting }) => {
    const asked = needs[field];
    if (asked === undefined || asked <= allowed[field]) return [];
    const reason = `asks for ${asked} ${unit}; this edge gives a title at most ${allowed[field]} (${setting})`;
    return [{ field: `sandbox.${field}`, reason }];
  });
}
