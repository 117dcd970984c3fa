import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '../process/find-program.ts';

/** One GPU as its driver tells it; undefined where it does not. */
export interface GpuUsage {
  name: string;
  /** Busiest engine (drawing, encoding), percent. */
  busyPercent: number | undefined;
  memoryUsedMb: number | undefined;
  memoryTotalMb: number | undefined;
  celsius: number | undefined;
}

const QUERY = 'name,utilization.gpu,utilization.encoder,memory.used,memory.total,temperature.gpu';
const ANSWER_MS = 4_000;
const run = promisify(execFile);

/** What every GPU does: NVIDIA's through nvidia-smi, AMD's through sysfs; none where neither is there. */
export async function readGpus(searchPath: string, drm = '/sys/class/drm'): Promise<GpuUsage[]> {
  return [...(await readNvidia(searchPath)), ...readAmd(drm)];
}

async function readNvidia(searchPath: string): Promise<GpuUsage[]> {
  const program = findProgram('nvidia-smi', searchPath);
  if (program === undefined) return [];
  try {
    const { stdout } = await run(program, [`--query-gpu=${QUERY}`, '--format=csv,noheader,nounits'], {
      timeout: ANSWER_MS,
    });
    return parseNvidia(stdout);
  } catch {
    return []; // The driver is gone or hangs; sessions on it fail by themselves.
  }
}

/** One line a GPU, values parted by ", "; "[N/A]" for what a card does not tell. */
export function parseNvidia(csv: string): GpuUsage[] {
  return csv
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = '', ...values] = line.split(',').map((value) => value.trim());
      const [gpu, encoder, memoryUsedMb, memoryTotalMb, celsius] = values.map(numberOrNothing);
      const engines = [gpu, encoder].filter((percent) => percent !== undefined);
      return {
        name,
        busyPercent: engines.length === 0 ? undefined : Math.max(...engines),
        memoryUsedMb,
        memoryTotalMb,
        celsius,
      };
    });
}

function numberOrNothing(text: string): number | undefined {
  const number = Number(text);
  return text === '' || Number.isNaN(number) ? undefined : number;
}

/** amdgpu's files; its temperature is among the machine's sensors. */
function readAmd(drm: string): GpuUsage[] {
  if (!existsSync(drm)) return [];
  return readdirSync(drm)
    .filter((name) => /^card\d+$/.test(name))
    .flatMap((name) => {
      const read = (file: string) => {
        try {
          return numberOrNothing(readFileSync(join(drm, name, 'device', file), 'utf8').trim());
        } catch {
          return undefined;
        }
      };
      const busyPercent = read('gpu_busy_percent');
      if (busyPercent === undefined) return [];
      const mb = (bytes: number | undefined) => (bytes === undefined ? undefined : Math.round(bytes / 2 ** 20));
      return [
        {
          name: `AMD ${name}`,
          busyPercent,
          memoryUsedMb: mb(read('mem_info_vram_used')),
          memoryTotalMb: mb(read('mem_info_vram_total')),
          celsius: undefined,
        },
      ];
    });
}
