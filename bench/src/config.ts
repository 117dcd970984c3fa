import { fileURLToPath } from 'node:url';

/** The only reader of the environment. */
export interface Config {
  /** Folder of noVNC's page. */
  novnc: string;
  results: string;
  repository: string;
}

export function readConfig(env: NodeJS.ProcessEnv): Config {
  return {
    novnc: env.KILAT_BENCH_NOVNC ?? '/usr/share/novnc',
    results: fileURLToPath(new URL('../results/', import.meta.url)),
    repository: fileURLToPath(new URL('../../', import.meta.url)),
  };
}
