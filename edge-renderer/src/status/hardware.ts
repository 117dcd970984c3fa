import { availableParallelism, cpus, totalmem } from 'node:os';
import type { EdgeAnnouncement } from '@kilat/shared/edge/messages';
import type { GpuUsage } from '../load/gpu-usage.ts';

/** What this machine is made of, as it says itself. */
export function hardware(gpu?: GpuUsage): EdgeAnnouncement['hardware'] {
  return {
    cpu: (cpus()[0]?.model ?? 'unknown').slice(0, 120),
    cores: availableParallelism(),
    memoryMb: Math.floor(totalmem() / 1024 / 1024),
    gpu: gpu?.name.slice(0, 120) ?? null,
  };
}
